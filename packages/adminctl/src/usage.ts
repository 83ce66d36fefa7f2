/** Wrong usage, in a sentence with a suggestion. */
import { stripVTControlCharacters } from 'node:util';
import type { Errors } from '@oclif/core';
import { nearest, notOneOf } from '@receptionist/admin-api';
import { CommandError } from './failure.ts';

/** The command that was asked for. */
export interface Usage {
  /** As it is typed: `fallback list`. */
  command: string;
  /** Names of its flags. */
  flags: string[];
  /** Commands below it, as they are typed. */
  subcommands: string[];
}

/** What oclif's parser throws, with the members that its kinds add. */
type ParserError = Errors.CLIError & { flags?: string[]; args?: (string | { name: string })[] };

export function wrongUsage(error: ParserError, { command, flags, subcommands }: Usage): CommandError {
  const hint = `See adminctl ${command} --help`;
  if (error.flags) return new CommandError('usage', unknownFlags(error.flags, flags), hint);
  const [first] = error.args ?? [];
  if (typeof first === 'string' && subcommands.length > 0)
    return unknownCommand(`${command} ${first}`, subcommands);
  if (typeof first === 'object')
    return new CommandError('usage', `${first.name.toUpperCase()} is missing.`, hint);
  return new CommandError('usage', plain(error.message), hint);
}

/** `typed` as it was typed: `falback list`. */
export function unknownCommand(typed: string, commands: string[]): CommandError {
  const isBegun = (command: string) => typed.startsWith(`${command} `);
  const isTopic = (command: string) => commands.some((other) => other.startsWith(`${command} `));
  const complete = commands.find((command) => isBegun(command) && !isTopic(command));
  if (complete) {
    const rest = typed.slice(complete.length + 1);
    return new CommandError(
      'usage',
      `${complete} takes no argument: ${rest}`,
      `See adminctl ${complete} --help`,
    );
  }
  const { words, meant } = commandMeant(typed.split(' '), commands);
  return new CommandError(
    'usage',
    `There is no command "${words.join(' ')}".${didYouMean(meant)}`,
    'See adminctl --help',
  );
}

/** The longest beginning that is near a command of as many words: what stands behind it are arguments. */
function commandMeant(typed: string[], commands: string[]): { words: string[]; meant: string | null } {
  for (let length = typed.length; length > 0; length--) {
    const words = typed.slice(0, length);
    const topic = words.slice(0, -1).join(' ');
    const known = commands.filter((command) => command.split(' ').length === length);
    const below = known.filter((command) => topic !== '' && command.startsWith(`${topic} `));
    if (below.length > 0) return { words, meant: nearestBelow(topic, words.at(-1) ?? '', below) };
    const meant = nearest(words.join(' '), known);
    if (meant) return { words, meant };
  }
  return { words: typed, meant: null };
}

/** A topic that was typed right must not make any word behind it look near. */
function nearestBelow(topic: string, word: string, commands: string[]): string | null {
  const names = commands.map((command) => command.slice(topic.length + 1));
  const meant = nearest(word, names) ?? onlyKin(word, names);
  return meant ? `${topic} ${meant}` : null;
}

const SHORTEST_BEGINNING = 3;

/** `acknowledge` is `ack` written out, and `stat` is `status` cut short. */
function onlyKin(word: string, names: string[]): string | undefined {
  const begins = (short: string, long: string) =>
    short.length >= SHORTEST_BEGINNING && long.startsWith(short);
  const kin = names.filter((name) => begins(name, word) || begins(word, name));
  return kin.length === 1 ? kin[0] : undefined;
}

function unknownFlags(typed: string[], flags: string[]): string {
  const sentences = typed.map((flag) => {
    const meant = nearest(flag.replace(/^-+/, '').replace(/=.*$/s, ''), flags);
    return `There is no flag ${flag}.${didYouMean(meant && `--${meant}`)}`;
  });
  return sentences.join(' ');
}

function didYouMean(name: string | null): string {
  return name ? ` Did you mean ${name}?` : '';
}

/** Without colours, the parser's headings, and the line breaks of its lists; with the option that may have been meant. */
function plain(message: string): string {
  return stripVTControlCharacters(message)
    .replace(/\nSee more help with --help$/, '')
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/^Expected (?:(--[\w-]+)=)?(.*) to be one of: (.*)$/s, (_, flag, typed, options) =>
      [flag, notOneOf(typed, options.split(', '))].filter(Boolean).join(': '),
    )
    .replace(/^Parsing --(\S+) \n\t/, '--$1: ')
    .replace(/Missing required flag (\S+)/g, '--$1 is missing')
    .split(/\s*\n\s*/)
    .join('; ');
}
