/** What the commands of `migrate` share: each runs the command of the same name of receptionistd, which has the database. */
import { AdminCommand, type GlobalFlags } from './base-command.ts';
import { runReceptionistd } from './receptionistd.ts';

/** Global flags that mean something there too. */
const SHARED = ['json', 'yes', 'no-input'];

interface Typed {
  args: Record<string, unknown>;
  flags: GlobalFlags & Record<string, unknown>;
}

export abstract class MigrateCommand extends AdminCommand {
  /** With what was typed, as words and flags have the same names on both sides, and with `more`. */
  protected async passOn({ args, flags }: Typed, more: string[] = []): Promise<void> {
    const passed = [...SHARED, ...Object.keys(this.ctor.flags ?? {})];
    const words = [
      ...this.ctor.id.split(':'),
      ...passed.flatMap((name) => asTyped(name, flags[name])),
      ...more,
      // Behind these two dashes no word is taken for a flag.
      '--',
      ...Object.values(args).flatMap((word) => (word === undefined ? [] : word)),
    ];
    await runReceptionistd(words.map(String), { json: this.jsonEnabled() });
  }
}

function asTyped(name: string, value: unknown): string[] {
  if (value === undefined || value === false) return [];
  return value === true ? [`--${name}`] : [value].flat().map((each) => `--${name}=${each}`);
}
