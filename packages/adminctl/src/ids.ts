/** Ids as they are typed, piped in and printed. */
import { CommandError } from './failure.ts';
import { readStdin } from './stdin.ts';

const SHORTEST = 6;
const MOST_NAMED = 5;

export interface Ids {
  ids: string[];
  /** More than one, or from a pipe that could have held more: answered with `results`. */
  several: boolean;
}

/** Ids in order, each once; `-` stands for those on stdin. @throws CommandError `usage` where there is none */
export async function givenIds(given: string[], member: string, read = readStdin): Promise<Ids> {
  const ids: string[] = [];
  for (const id of given) ids.push(...(id === '-' ? idsIn(await read(), member) : [id]));
  const wanted = [...new Set(ids.filter((id) => id !== ''))];
  if (wanted.length > 0) return { ids: wanted, several: wanted.length > 1 || given.includes('-') };
  throw new CommandError('usage', given.includes('-') ? 'There was no id on stdin.' : 'No id was given.');
}

/** What `list -o name` prints (an id a line) or what a command with `--json` prints; `member` is for example `entry_id`. */
export function idsIn(text: string, member: string): string[] {
  if (!/^\s*[{[]/.test(text)) return text.split(/\s+/).filter(Boolean);
  const document = parseJson(text);
  const items = Array.isArray(document) ? document : (document['items'] ?? document['results'] ?? [document]);
  return (items as unknown[]).map((item) => idOf(item, member));
}

function parseJson(text: string): Record<string, unknown> | unknown[] {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(
      'usage',
      'Stdin begins like JSON and is broken.',
      'Pipe in ids, or what list --json prints.',
    );
  }
}

function idOf(item: unknown, member: string): string {
  if (typeof item === 'string') return item;
  const { [member]: named, id } = (item ?? {}) as Record<string, unknown>;
  const found = named ?? id;
  if (typeof found === 'string') return found;
  throw new CommandError(
    'usage',
    `The JSON on stdin has no "${member}".`,
    'Pipe in ids, or what list --json prints.',
  );
}

/** The one id that ends so. @throws CommandError `not_found`, or `usage` where several do */
export function theOneEndingWith(ending: string, ids: string[]): string {
  const [match, ...others] = ids.filter((id) => id.endsWith(ending));
  if (!match) throw new CommandError('not_found', `No entry has an id that ends in "${ending}".`);
  if (others.length === 0) return match;
  const matches = [match, ...others];
  const enough = shortIds(matches);
  const some = matches.slice(0, MOST_NAMED).map((id) => `\n  ${enough(id)}  (${id})`);
  const more = matches.length > MOST_NAMED ? `\n  … and ${matches.length - MOST_NAMED} more` : '';
  throw new CommandError(
    'usage',
    `${matches.length} entries have ids that end in "${ending}":${some.join('')}${more}`,
    `Give more of the id, for example ${enough(match)}.`,
  );
}

/** For each id its shortest ending, of six characters or more, that no other of them has. */
export function shortIds(ids: string[]): (id: string) => string {
  const longest = Math.max(0, ...ids.map((id) => id.length));
  let length = SHORTEST;
  while (length < longest && new Set(ids.map((id) => id.slice(-length))).size < ids.length) length += 1;
  return (id) => id.slice(-length);
}
