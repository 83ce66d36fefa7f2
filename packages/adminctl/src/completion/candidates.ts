/** What could stand at the cursor: commands, flags, their options, or ids that the daemon knows. Pure but for `ids`. */
import { FLAGS, PLANS } from '@receptionist/core';

export interface Candidate {
  value: string;
  description?: string | undefined;
}

/** What is asked of the daemon. `resolved`: entries that are; `waiting`: entries that are not. */
export type IdKind = 'tenant' | 'waiting' | 'resolved';
export type Ids = (kind: IdKind) => Promise<Candidate[]>;

/** As much of oclif's commands as is needed, whether they come from the manifest or from their classes. */
export interface KnownCommand {
  id: string;
  summary?: string | undefined;
  hidden?: boolean | undefined;
  args: Record<string, { options?: readonly string[] | undefined }>;
  flags: Record<string, KnownFlag>;
}

interface KnownFlag {
  name: string;
  type: 'boolean' | 'option';
  char?: string | undefined;
  description?: string | undefined;
  summary?: string | undefined;
  hidden?: boolean | undefined;
  options?: readonly string[] | undefined;
}

/** Values of flags whose options oclif does not know, because it leaves checking them to us. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  plan: PLANS,
  flag: FLAGS,
  enable: ['true', 'false'],
};

/** These act on what is resolved. */
const LOOKING_BACK = ['fallback:reopen', 'fallback:learn', 'fallback:replay'];

/** `words`: behind `adminctl`, up to the cursor; the last is the one that is being typed, and may be empty. */
export async function candidates(words: string[], commands: KnownCommand[], ids: Ids): Promise<Candidate[]> {
  const before = joinedAtEquals(words);
  const typed = before.pop() ?? '';
  const command = commandIn(before, commands);
  const found = command ? await within(command, before, typed, ids) : [];
  return [...subcommands(before, commands), ...found].filter(({ value }) => value.startsWith(typed));
}

/** Bash hands `--plan=core` over as three words; here they are two. */
function joinedAtEquals(words: string[]): string[] {
  return words.flatMap((word, i) => {
    if (word !== '=' || !words[i - 1]?.startsWith('--')) return [word];
    return i === words.length - 1 ? [''] : [];
  });
}

/** The command with the most words of those that were typed. */
function commandIn(before: string[], commands: KnownCommand[]): KnownCommand | undefined {
  for (let length = before.length; length > 0; length--) {
    const id = before.slice(0, length).join(':');
    const found = commands.find((command) => command.id === id);
    if (found) return found;
  }
  return undefined;
}

/** The next words of commands that begin so. */
function subcommands(before: string[], commands: KnownCommand[]): Candidate[] {
  const next = new Map<string, string | undefined>();
  for (const { id, summary, hidden } of commands) {
    const parts = id.split(':');
    const word = parts[before.length];
    if (hidden || word === undefined || before.some((each, i) => each !== parts[i])) continue;
    const isWhole = parts.length === before.length + 1;
    next.set(word, isWhole ? summary : next.get(word));
  }
  return [...next].map(([value, description]) => ({ value, description }));
}

async function within(
  command: KnownCommand,
  before: string[],
  typed: string,
  ids: Ids,
): Promise<Candidate[]> {
  const flag = awaited(command, before.at(-1));
  if (flag) return valuesOf(flag, ids);
  const inline = /^--([\w-]+)=/.exec(typed);
  if (inline) return prefixed(`${inline[0]}`, await valuesOf(command.flags[inline[1] ?? ''], ids));
  if (typed.startsWith('-')) return flagsOf(command);
  return argumentsOf(command, ids);
}

/** The flag whose value is due, if the word before is one. */
function awaited({ flags }: KnownCommand, last = ''): KnownFlag | undefined {
  return Object.values(flags).find(
    ({ name, char, type }) => type === 'option' && (last === `--${name}` || (char && last === `-${char}`)),
  );
}

async function valuesOf(flag: KnownFlag | undefined, ids: Ids): Promise<Candidate[]> {
  if (flag?.name === 'tenant') return ids('tenant');
  return (flag?.options ?? VALUES[flag?.name ?? ''] ?? []).map((value) => ({ value }));
}

function prefixed(prefix: string, values: Candidate[]): Candidate[] {
  return values.map(({ value, description }) => ({ value: prefix + value, description }));
}

function flagsOf({ flags }: KnownCommand): Candidate[] {
  const own = Object.values(flags).filter(({ hidden }) => !hidden);
  const named = own.map(({ name, description, summary }) => ({
    value: `--${name}`,
    description: summary ?? description,
  }));
  return [...named, { value: '--help', description: 'examples, flags' }];
}

async function argumentsOf({ id, args }: KnownCommand, ids: Ids): Promise<Candidate[]> {
  if ('tenant' in args) return ids('tenant');
  if ('id' in args && id.startsWith('fallback:'))
    return ids(LOOKING_BACK.includes(id) ? 'resolved' : 'waiting');
  return Object.values(args).flatMap(({ options = [] }) => options.map((value) => ({ value })));
}
