/** What every command has: the global flags, settings, the client, output for people and for scripts, failures. */
import { Command, Errors, Flags, type Interfaces } from '@oclif/core';
import type { AdminClient } from '@receptionist/admin-api';
import { adminClient } from './client.ts';
import { CommandError, exitCodeOf, explain, type Failure, inWords, tellFailure } from './failure.ts';
import type { Ids } from './ids.ts';
import type { Output } from './named-flags.ts';
import { readSettings, type SettingFlags, type Settings } from './settings.ts';
import { someoneIsThere } from './stdin.ts';
import { type Column, type TableOptions, table } from './table.ts';
import { type Usage, wrongUsage } from './usage.ts';

export type GlobalFlags = Interfaces.InferredFlags<typeof AdminCommand.baseFlags>;

/** How one of several ids fared. */
export interface Result {
  id: string;
  ok: boolean;
  error: Failure | null;
}

export interface Results {
  results: Result[];
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
  /** How many were left out of what a person reads. */
  more?: number;
}

interface ListView<T> extends TableOptions<T> {
  columns: Column<T>[];
  /** What `-o name` prints. */
  name: (item: T) => string;
  /** Said where the list is empty. */
  none: string;
  output: Output;
}

export abstract class AdminCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    json: Flags.boolean({ description: 'print one JSON document', helpGroup: 'GLOBAL' }),
    'admin-user': Flags.string({
      description: 'who you are, for the audit [ADMIN_USER, or your login name]',
      helpGroup: 'GLOBAL',
      helpValue: 'NAME',
    }),
    'api-url': Flags.string({
      description: 'where the daemon is [ADMIN_API_URL, or http://localhost:8080]',
      helpGroup: 'GLOBAL',
      helpValue: 'URL',
    }),
    timeout: Flags.integer({
      description: 'seconds to wait for an answer',
      helpGroup: 'GLOBAL',
      helpValue: 'SECONDS',
      default: 15,
      min: 1,
      max: 600,
    }),
    'env-file': Flags.string({
      description: 'file with settings [ADMINCTL_ENV_FILE, or ~/.adminctl.env]',
      helpGroup: 'GLOBAL',
      helpValue: 'FILE',
    }),
    yes: Flags.boolean({ char: 'y', description: 'answer every question with yes', helpGroup: 'GLOBAL' }),
    'no-input': Flags.boolean({ description: 'ask nothing', helpGroup: 'GLOBAL' }),
    'no-color': Flags.boolean({ description: 'no colours [NO_COLOR]', helpGroup: 'GLOBAL' }),
  };

  #asJson = false;

  override jsonEnabled(): boolean {
    return this.#asJson || super.jsonEnabled();
  }

  /** `-o json` is another way to say `--json`. */
  protected outputAs(output: Output): void {
    this.#asJson = output === 'json';
  }

  /** oclif looks for cycles and colours first, which takes a second for ten thousand entries. */
  protected override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  protected settings(flags: SettingFlags): Settings {
    return readSettings(flags, process.env);
  }

  protected client(flags: GlobalFlags): AdminClient {
    return adminClient(this.settings(flags), { timeoutMs: flags.timeout * 1000 });
  }

  /**
   * One id: what came of it. Several: each is tried, whoever fails is told, and the exit code is the highest of theirs.
   */
  protected async forEach<T>({ ids, several }: Ids, act: (id: string) => Promise<T>): Promise<T | Results> {
    const [only] = ids;
    if (!several && only !== undefined) return act(only);
    const results: Result[] = [];
    for (const id of ids) {
      const error = await act(id).then(() => null, explain);
      results.push({ id, ok: error === null, error });
      if (error) this.logToStderr(`${id}: ${inWords(error)}`);
    }
    process.exitCode = Math.max(...results.map(({ error }) => (error ? exitCodeOf(error) : 0)));
    return { results };
  }

  /** A list as `--output` wants it. Nothing in it is no failure. */
  protected tellList<T>(
    { items, next_cursor, more = 0 }: Page<T>,
    { columns, name, none, output, ...options }: ListView<T>,
  ): void {
    if (items.length === 0) this.logToStderr(none);
    else if (output === 'name') for (const item of items) this.log(name(item));
    else this.log(table(columns, items, this.width, options));
    if (more > 0) this.logToStderr(`… and ${more.toLocaleString('en-US')} more: raise --limit.`);
    if (next_cursor !== null)
      this.logToStderr(`These are the first ${items.length}; there are more. Raise --limit.`);
  }

  /** What to do next; for people only. */
  protected next(command: string): void {
    this.logToStderr(`Next: ${command}`);
  }

  /** Whether a person is there, and wants to be asked. */
  protected mayAsk(flags: GlobalFlags): boolean {
    return !flags['no-input'] && !this.jsonEnabled() && someoneIsThere();
  }

  /** Ask a person, where there is one. Without one the command stands as it was given. */
  protected async confirmed(question: string, flags: GlobalFlags): Promise<boolean> {
    if (flags.yes || !this.mayAsk(flags)) return true;
    const { default: inquirer } = await import('inquirer');
    const ask = inquirer.createPromptModule({ output: process.stderr });
    const { sure } = await ask([{ type: 'confirm', name: 'sure', message: question, default: false }]);
    return sure;
  }

  /** @throws CommandError where a person is asked and does not want it */
  protected async orNothing(question: string, flags: GlobalFlags): Promise<void> {
    if (!(await this.confirmed(question, flags))) throw new CommandError('failed', 'Nothing was changed.');
  }

  /** Columns that there are for a table, or undefined where stdout is no terminal. */
  protected get width(): number | undefined {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  }

  override async catch(error: Error): Promise<void> {
    // Only the parser of arguments throws oclif's own errors.
    const told = error instanceof Errors.CLIError ? wrongUsage(error, this.#usage()) : error;
    tellFailure(told, { json: this.jsonEnabled() });
  }

  #usage(): Usage {
    const { id, flags, baseFlags } = this.ctor;
    const below = this.config.commandIDs.filter((command) => command.startsWith(`${id}:`));
    return {
      command: id.replaceAll(':', ' '),
      flags: ['json', 'help', ...Object.keys({ ...baseFlags, ...flags })],
      subcommands: below.map((command) => command.replaceAll(':', ' ')),
    };
  }
}
