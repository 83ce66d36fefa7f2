/** `receptionistd migrate …`: what is typed, and who does it. What comes of it is told in one place, as JSON or in words. */
import { userInfo } from 'node:os';
import type { StoreOptions } from '@receptionist/store';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig, storeSettings } from './config.ts';
import { EXIT, type ExitCode, exitCodeOf, failureOf } from './failure.ts';
import { baseline, down } from './migrate/back.ts';
import { backfillStatus, pauseBackfill, resumeBackfill, startBackfill } from './migrate/backfills.ts';
import { contract } from './migrate/contract.ts';
import { copy, copyTarget } from './migrate/copy.ts';
import type { Desk } from './migrate/desk.ts';
import { drift } from './migrate/drift.ts';
import { lint } from './migrate/files.ts';
import { scaffold } from './migrate/new.ts';
import type { Outcome } from './migrate/outcome.ts';
import { status } from './migrate/status.ts';
import { createTerminal } from './migrate/terminal.ts';
import { up } from './migrate/up.ts';
import { verify } from './migrate/verify.ts';

/** Where the settings come from. */
interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>;
  directory: string;
}

/** Of `migrate` itself, for each command below it. */
interface SharedFlags {
  json?: boolean;
  yes?: boolean;
  input: boolean;
}

/** What each command is given to run with. */
interface Running {
  surroundings: Surroundings;
  /** Does it, tells what came of it, and ends the program with its exit code. */
  told(work: () => Promise<Outcome>): Promise<void>;
  /** The same, on a database: that of the settings, if nothing else is said, and where it is there. */
  onDatabase(work: (desk: Desk) => Promise<Outcome>, options?: () => StoreOptions): Promise<void>;
}

export function addMigrateCommands(
  program: Command,
  surroundings: Surroundings,
  finish: (code: ExitCode) => void,
): void {
  const migrate = program
    .command('migrate')
    .description('look at the schema of the database, and change it while calls go on')
    .configureHelp({ showGlobalOptions: true })
    .option('--json', 'one JSON document on stdout')
    .option('-y, --yes', 'answer every question with yes')
    .option('--no-input', 'ask nothing');

  const running: Running = {
    surroundings,
    told: async (work) => finish(await tell(migrate.opts<SharedFlags>(), work)),
    onDatabase: (work, options = () => ({ ...storeSettings(readConfig(surroundings)), make: false })) =>
      running.told(() => withDesk(options(), migrate.opts<SharedFlags>(), work)),
  };
  addSchemaCommands(migrate, running);
  addFileCommands(migrate, running);
  addBackfillCommands(migrate, running);
  addContractCommands(migrate, running);
  addComparisons(migrate, running);
}

function addSchemaCommands(migrate: Command, { surroundings, onDatabase }: Running): void {
  migrate
    .command('status')
    .description('list the migrations, applied or pending, and what is in the way')
    .option('--exit-code', 'end with 7 when something is pending')
    .action((flags) => onDatabase((desk) => status(desk, flags)));
  migrate
    .command('up')
    .description('apply what is pending, all but contract; on an empty database everything')
    .option('--to <id>', 'the last one to apply')
    .option('--dry-run', 'print the SQL and the locks to expect; change nothing')
    .addOption(wait())
    .addOption(canary())
    .addOption(jobs())
    .action((flags) =>
      onDatabase(
        (desk) => up(desk, flags),
        () => ({ ...storeSettings(readConfig(surroundings)), make: !flags.dryRun }),
      ),
    );
  migrate
    .command('down')
    .description('take back what was applied after a migration')
    .requiredOption('--to <id>', 'the last one to keep; 0: none')
    .option('--yes-lose-data', 'also where rows or columns with data are dropped')
    .addOption(wait())
    .action((flags) => onDatabase((desk) => down(desk, flags)));
}

function addFileCommands(migrate: Command, { told }: Running): void {
  migrate
    .command('new <name>')
    .description('begin a change of the schema: a file for each phase and database, in a checkout')
    .option('--phases <phases>', 'some of expand,backfill,switch,contract')
    .option(
      '--replace <table.old=new:type>',
      'write triggers, backfill and check for a column in place of another',
    )
    .option('--tenants', 'of the schemas that tenants have with TENANCY=schema')
    .option('--folder <path>', 'where they are written [packages/store/migrations of the checkout]')
    .action((name, flags) => told(() => scaffold(name, flags)));
  migrate
    .command('lint [file...]')
    .description('what in the migration files would stop a daemon or lose data; 7 where there is any')
    .option('--folder <path>', 'where they stand [packages/store/migrations of the checkout]')
    .action((files, flags) => told(() => lint(files, flags)));
}

function addBackfillCommands(migrate: Command, { onDatabase }: Running): void {
  const backfill = migrate
    .command('backfill')
    .description('fill a new shape from the old one, while calls go on');
  backfill
    .command('start <id>')
    .description('run it to its end, from where it stopped, and verify it')
    .option('--dry-run', 'count the rows and show the plan of the first batch; change nothing')
    .option('--unthrottled', 'as fast as it can, whoever waits')
    .action((id, flags) => onDatabase((desk) => startBackfill(desk, id, flags)));
  backfill
    .command('pause <id>')
    .description('stop it after its batch; it keeps its place')
    .action((id) => onDatabase((desk) => pauseBackfill(desk, id)));
  backfill
    .command('resume <id>')
    .description('go on with a paused one')
    .option('--unthrottled', 'as fast as it can, whoever waits')
    .action((id, flags) => onDatabase((desk) => resumeBackfill(desk, id, flags)));
  backfill
    .command('status')
    .description('how far each is')
    .action(() => onDatabase(backfillStatus));
  migrate
    .command('verify [id]')
    .description('compare what a backfill wrote with what it was made of; 7 where they differ')
    .action((id) => onDatabase((desk) => verify(desk, id)));
}

function addContractCommands(migrate: Command, { surroundings, onDatabase }: Running): void {
  const { ADMIN_USER } = surroundings.environment;
  migrate
    .command('contract [id]')
    .description('drop the old shape, once nothing needs it; else say what it waits for, and end with 5')
    .option('--dry-run', 'only say what it waits for; 7 where it waits')
    .option('--override <reason>', 'go on in spite of that; the reason goes into the audit')
    .addOption(
      new Option('--admin-user <name>', 'who overrides, for the audit').default(
        ADMIN_USER || userInfo().username,
      ),
    )
    .addOption(wait())
    .addOption(canary())
    .addOption(jobs())
    .action((id, { adminUser: actor, ...flags }) =>
      onDatabase((desk) => contract(desk, id, { ...flags, actor })),
    );
}

function addComparisons(migrate: Command, { surroundings, onDatabase }: Running): void {
  migrate
    .command('baseline')
    .description('mark migrations as applied without running them, where the schema is as they make it')
    .requiredOption('--to <id>', 'the last one to mark')
    .option('--force <reason>', 'also where it differs, or cannot be compared')
    .addOption(wait())
    .action((flags) => onDatabase((desk) => baseline(desk, flags)));
  migrate
    .command('drift')
    .description('how the schema differs from what the migrations make; 7 where it does')
    .action(() => onDatabase(drift));
  migrate
    .command('copy')
    .description('take everything from SQLite to Postgres, and compare it row by row')
    .requiredOption('--from <sqlite:PATH>', 'the file; no daemon may have it open')
    .addOption(new Option('--to <address>', 'the target, where it needs no password').conflicts('toEnv'))
    .option('--to-env <name>', 'the variable that holds the address of the target (DATABASE_URL)')
    .action((flags) =>
      onDatabase(
        (desk) => copy(desk, flags),
        () => copyTarget(flags, { config: readConfig(surroundings), environment: surroundings.environment }),
      ),
    );
}

/** In seconds as it is typed, in milliseconds from there on. */
function wait(): Option {
  return new Option('--wait <seconds>', 'for another migrator, and for locks')
    .argParser((text: string) => atLeast(0)(text) * 1_000)
    .default(120_000, '120');
}

function canary(): Option {
  return new Option(
    '--canary <tenant>',
    'with TENANCY=schema: this tenant first, and nobody else if it fails',
  );
}

function jobs(): Option {
  return new Option('--jobs <n>', 'with TENANCY=schema: how many tenants at once (4)').argParser(atLeast(1));
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

async function withDesk(
  options: StoreOptions,
  { json = false, yes = false, input }: SharedFlags,
  work: (desk: Desk) => Promise<Outcome>,
): Promise<Outcome> {
  // The daemon itself needs none of it.
  const { openMigrationTools } = await import('@receptionist/store/migrate');
  const tools = await openMigrationTools(options);
  try {
    return await work({ tools, terminal: createTerminal({ quiet: json, mayAsk: input && !yes }) });
  } finally {
    await tools.close();
  }
}

async function tell({ json }: SharedFlags, work: () => Promise<Outcome>): Promise<ExitCode> {
  try {
    const { document, lines, notes = [], code = EXIT.done } = await work();
    if (json) print(document);
    else for (const line of lines) console.log(line);
    if (!json) for (const note of notes) console.error(note);
    return code;
  } catch (error) {
    if (!json) throw error;
    print({ error: failureOf(error) });
    return exitCodeOf(error);
  }
}

function print(document: unknown): void {
  console.log(JSON.stringify(document, null, 2));
}
