/** The command line of the daemon. Results go to stdout, mistakes to stderr, one a line and without a stack. */
import { Problem } from '@receptionist/core';
import { type MigrationStatus, openStore, type Store } from '@receptionist/store';
import { Command, CommanderError, Option } from 'commander';
import { type Config, ConfigError, readConfig, secretsOf, storeSettings, warningsOf } from './config.ts';
import { ListenError } from './http/server.ts';
import { createLog } from './observability/log.ts';
import { type Receptionist, startReceptionist } from './receptionist.ts';
import { version } from './version.ts';
import { ROLES, type Role } from './wire.ts';

/** As docs/errors.md has them for both programs. */
const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 6, no: 7 } as const;

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
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return report(error);
  }
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

  const migrate = program
    .command('migrate')
    .description('look at the schema of the database, or bring it up to date');
  migrate
    .command('status')
    .description('list the migrations: applied or pending')
    .option('--json', 'one JSON document on stdout')
    .option('--exit-code', 'end with 7 when something is pending')
    .action(async (options: { json?: true; exitCode?: true }) =>
      finish(await migrateStatus(readConfig(surroundings), options)),
    );
  migrate
    .command('up')
    .description('apply what is pending')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: { json?: true }) => finish(await migrateUp(readConfig(surroundings), options)));

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

async function migrateStatus(
  config: Config,
  { json, exitCode }: { json?: true; exitCode?: true },
): Promise<number> {
  const migrations = await withStore(config, (store) => store.migrations.status());
  if (json) print({ items: migrations, next_cursor: null });
  else for (const line of statusLines(migrations)) console.log(line);
  const pending = migrations.some(({ state }) => state === 'pending');
  return exitCode && pending ? EXIT.no : EXIT.done;
}

function statusLines(migrations: MigrationStatus[]): string[] {
  const width = Math.max(...migrations.map(({ id }) => id.length));
  return migrations.map(
    ({ id, phase, state, applied_at }) =>
      `${id.padEnd(width)}  ${phase.padEnd(8)}  ${state}${applied_at ? ` ${applied_at}` : ''}`,
  );
}

async function migrateUp(config: Config, { json }: { json?: true }): Promise<number> {
  const { done, failed, not_run } = await withStore(config, (store) => store.migrations.up());
  if (json) print({ done, failed, not_run });
  else for (const id of done) console.log(`applied ${id}`);
  if (!json && !failed && done.length === 0) console.log('nothing was pending');
  if (!failed) return EXIT.done;
  console.error(`receptionistd: ${failed.id} failed and was undone: ${failed.message}`);
  if (not_run.length > 0) console.error(`receptionistd: not run: ${not_run.join(', ')}`);
  return EXIT.failed;
}

async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(storeSettings(config));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function checkConfig(config: Config): void {
  for (const warning of warningsOf(config)) console.error(`receptionistd: ${warning}`);
  console.log('The settings are good.');
}

/** One JSON document on stdout. */
function print(document: unknown): void {
  console.log(JSON.stringify(document, null, 2));
}

function report(error: unknown): number {
  for (const line of explain(error)) console.error(`receptionistd: ${line}`);
  return error instanceof Problem && error.code === 'unavailable' ? EXIT.unreachable : EXIT.failed;
}

function explain(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.mistakes;
  if (error instanceof Problem || error instanceof ListenError) return [error.message];
  return [`this should not happen: ${error instanceof Error ? error.message : error}`];
}
