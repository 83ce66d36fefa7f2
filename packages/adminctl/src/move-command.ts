/** What the moves on fallback entries share: several ids, endings of ids, the state after it and the next command. */
import { Args } from '@oclif/core';
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { type EntryWithHistory, STATUSES } from '@receptionist/core';
import { AdminCommand, type GlobalFlags, type Results } from './base-command.ts';
import { adminClient } from './client.ts';
import { explained } from './conflict.ts';
import { callerInWords, nextCommand, reasonInWords, stateInWords } from './fallback-words.ts';
import { givenIds, type Ids, shortIds, theOneEndingWith } from './ids.ts';
import { printable } from './table.ts';

/** Named in each command: oclif does not look for the arguments of a class in the one above it. */
export const entryIds = {
  id: Args.string({
    description: 'id of an entry, or an ending that only it has; several; - reads ids from stdin',
    required: true,
    multiple: true,
    ignoreStdin: true,
  }),
};

/** One id alone. */
export const entryId = {
  id: Args.string({
    description: 'id of the entry, or an ending that only it has',
    required: true,
    ignoreStdin: true,
  }),
};

/** The ids as they were typed or piped in. @throws CommandError `usage` where there is none */
export function theEntries({ id }: { id: string[] }): Promise<Ids> {
  return givenIds(id, 'entry_id');
}

/** The command that comes after a move, or null where nothing is left to do. */
type Next = (entry: EntryWithHistory, shortId: string) => string | null;

export abstract class MoveCommand extends AdminCommand {
  protected async move(
    ids: Ids,
    flags: GlobalFlags,
    make: (client: AdminClient, entry_id: string) => Promise<EntryWithHistory>,
    next: Next = nextMove,
  ): Promise<EntryWithHistory | Results> {
    const settings = this.settings(flags);
    const client = adminClient(settings, { timeoutMs: flags.timeout * 1000 });
    return this.forEach(ids, async (id) => {
      const entry_id = await fullEntryId(client, id);
      const entry = await make(client, entry_id).catch(async (error: unknown) => {
        throw await explained(error, entry_id, { client, user: settings.adminUser });
      });
      this.#tell(entry, ids, next);
      return entry;
    });
  }

  #tell(entry: EntryWithHistory, { several }: Ids, nextCommandOf: Next): void {
    const shortId = shortIds([entry.entry_id])(entry.entry_id);
    this.log(stateInWords(entry, shortId, new Date()));
    if (several) return;
    if (entry.status === 'acknowledged') this.log(wantedInWords(entry));
    const next = nextCommandOf(entry, shortId);
    if (next) this.next(next);
  }
}

/** Whoever has a caller on the line talks to them; only who is alone calls back. */
function nextMove(entry: EntryWithHistory, shortId: string): string | null {
  const callerWaits = entry.status === 'acknowledged' && entry.context.live;
  return callerWaits ? `adminctl fallback join ${shortId}` : nextCommand(entry, shortId);
}

/** Whom to call, and about what: whoever has just taken it needs no other command to begin. */
function wantedInWords(entry: EntryWithHistory): string {
  const wanted = entry.context.summary || entry.reason_detail;
  const reason = `${callerInWords(entry)} ${reasonInWords(entry.reason)}`;
  return printable(wanted ? `${reason}: ${wanted}` : reason);
}

/** The id of which a person typed an ending. A whole one is taken as it is: whether it exists, the daemon says. */
export async function fullEntryId(client: Pick<AdminClient, 'all'>, typed: string): Promise<string> {
  if (typed.startsWith('fb_')) return typed;
  const { items } = await client.all(ROUTES.listEntries, { query: { q: typed, status: [...STATUSES] } });
  return theOneEndingWith(
    typed,
    items.map(({ entry_id }) => entry_id),
  );
}
