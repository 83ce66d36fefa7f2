/** What the moves on fallback entries share: several ids, endings of ids, the state after it and the next command. */
import { Args } from '@oclif/core';
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { type Entry, STATUSES } from '@receptionist/core';
import { AdminCommand, type GlobalFlags, type Results } from './base-command.ts';
import { nextCommand, stateInWords } from './fallback-words.ts';
import { givenIds, shortIds, theOneEndingWith } from './ids.ts';

/** Named in each command: oclif does not look for the arguments of a class in the one above it. */
export const entryIds = {
  id: Args.string({
    description: 'id of an entry, or an ending that only it has; several; - reads ids from stdin',
    required: true,
    multiple: true,
    ignoreStdin: true,
  }),
};

export abstract class MoveCommand extends AdminCommand {
  protected async move<E extends Entry>(
    given: { args: { id: string[] }; flags: GlobalFlags },
    make: (client: AdminClient, entry_id: string) => Promise<E>,
  ): Promise<E | Results> {
    const client = this.client(given.flags);
    return this.forEach(await givenIds(given.args.id, 'entry_id'), async (id) => {
      const entry = await make(client, await fullEntryId(client, id));
      this.#tell(entry);
      return entry;
    });
  }

  #tell(entry: Entry): void {
    const shortId = shortIds([entry.entry_id])(entry.entry_id);
    this.log(stateInWords(entry, shortId, new Date()));
    const next = nextCommand(entry, shortId);
    if (next) this.next(next);
  }
}

/** The id of which a person typed an ending. A whole one is taken as it is: whether it exists, the daemon says. */
export async function fullEntryId(client: AdminClient, typed: string): Promise<string> {
  if (typed.startsWith('fb_')) return typed;
  const { items } = await client.all(ROUTES.listEntries, { query: { q: typed, status: [...STATUSES] } });
  return theOneEndingWith(
    typed,
    items.map(({ entry_id }) => entry_id),
  );
}
