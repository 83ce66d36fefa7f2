/** The command line of the daemon. Results go to stdout, mistakes to stderr, one a line and without a stack. */
import { Command, CommanderError, Option } from 'commander';
import { type Config, readConfig, secretsOf, warningsOf } from './config.ts';
import { EXIT, exitCodeOf, explain } from './failure.ts';
import { addMigrateCommands } from './migrate-cli.ts';
import { createLog } from './observability/log.ts';
import { type Receptionist, startReceptionist } from './receptionist.ts';
import { version } from './version.ts';
import { ROLES, type Role } from './wire.ts';

/** What is still running then is cut off: service managers kill a little later. */
const STOP_MS = 10_000;

/** Where the settings come from. */
interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>;
  directory: string;
}

/** @returns the exit code, or null while the daemon goes on */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number | null> {
  let code: number | null = EXIT.done;
  const program = createProgram(surroundings, (result) => {
    code = result;
  });
  const asJson = argv[0] === 'migrate' && argv.includes('--json');
  // Each has what it was given when it was made.
  if (asJson) for (const command of allOf(program)) command.configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error);
    if (error.exitCode === 0) return EXIT.done;
    if (asJson) console.log(JSON.stringify({ error: wrongUsage(error) }, null, 2));
    return EXIT.usage;
  }
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

/** For a script. */
function wrongUsage({ code, message }: CommanderError): { code: string; message: string; hint: string } {
  const said = code === 'commander.help' ? 'a command is missing' : message.replace(/^error: /, '');
  return { code: 'usage', message: said, hint: 'See receptionistd migrate --help' };
}

function createProgram(surroundings: Surroundings, finish: (code: number | null) => void): Command {
  const program = new Command('receptionistd')
    .description('An AI phone receptionist that hands over to a human when one is needed.')
    .version(version)
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError('(receptionistd --help lists the commands)');

  program
    .command('serve', { isDefault: true })
    .description('run the daemon (the default)')
    .addOption(
      new Option('--role <role>', 'all: everything; web: answer requests; worker: run the escalation engine')
        .choices(ROLES)
        .default('all'),
    )
    // A word that is no command arrives here, at the default one.
    .allowExcessArguments()
    .action(async ({ role }: { role: Role }, { args: [unknown] }: Command) => {
      if (unknown) program.error(`error: there is no command '${unknown}'`);
      await serve(readConfig(surroundings), role);
      finish(null);
    });

  addMigrateCommands(program, surroundings, finish);

  program
    .command('check-config')
    .description('read the settings and say what is wrong with them; start nothing')
    .action(() => checkConfig(readConfig(surroundings)));
  program
    .command('version')
    .description('print the version')
    .action(() => console.log(version));
  return program;
}

async function serve(config: Config, role: Role): Promise<void> {
  const log = createLog({
    level: config.LOG_LEVEL,
    secrets: secretsOf(config),
    write: (line) => process.stdout.write(line),
  });
  // Whoever reads the log may end before us; calls go on.
  process.stdout.on('error', () => {});
  const receptionist = await startReceptionist({ config, log, role });
  stopOnSignal(receptionist, (message) => log.info(message));
  process.on('uncaughtException', (error) => {
    log.fatal({ error }, 'a mistake of ours that nothing caught: ending, to be started again');
    process.exit(EXIT.failed);
  });
}

function stopOnSignal(receptionist: Receptionist, say: (message: string) => void): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) {
      say(`${signal} again: stopping at once`);
      process.exit(EXIT.failed);
    }
    stopping = true;
    say(`${signal}: taking nothing new, finishing what was begun`);
    setTimeout(() => {
      say(`not finished after ${STOP_MS / 1_000} s: stopping at once`);
      process.exit(EXIT.failed);
    }, STOP_MS).unref();
    await receptionist.stop();
    say('stopped');
    process.exit(EXIT.done);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error) => process.exit(report(error)));
    });
  }
}

function checkConfig(config: Config): void {
  for (const warning of warningsOf(config)) console.error(`receptionistd: ${warning}`);
  console.log('The settings are good.');
}

function report(error: unknown): number {
  for (const line of explain(error)) console.error(`receptionistd: ${line}`);
  return exitCodeOf(error);
}
