/** The moves of the guided run: what each asks of the person, and of the daemon. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import type { EntryWithHistory } from '@receptionist/core';
import { CommandError } from '../failure.ts';
import { flawOf } from '../notes.ts';
import { phoneNumber } from '../numbers.ts';
import { ownPhone } from '../own-phone.ts';
import { tagsOf } from '../used-tags.ts';
import type { MoveIntent } from './intents.ts';
import type { Terminal } from './terminal.ts';

export interface MoveContext {
  client: Pick<AdminClient, 'call'>;
  user: string;
  ask: Terminal['ask'];
}

/** Null: the person thought better of it. @throws CommandError `usage`, and what the client throws */
type Make = (entry: EntryWithHistory, context: MoveContext) => Promise<EntryWithHistory | null>;

export const MOVES: Readonly<Record<MoveIntent, Make>> = {
  acknowledge: ({ entry_id }, { client }) => client.call(ROUTES.acknowledgeEntry, { params: { entry_id } }),

  engage: async ({ entry_id }, { client, ask }) => {
    const how = await ask({ words: 'How do you reach them?', initial: 'calling back' });
    return how === null ? null : client.call(ROUTES.engageEntry, { params: { entry_id }, body: { how } });
  },

  join: async ({ entry_id }, { client, user, ask }) => {
    const initial = (await ownPhone(client, user)) ?? '';
    const typed = await ask({ words: 'Which phone shall ring?', initial });
    if (typed === null) return null;
    const body = { phone: phoneNumber(typed) };
    return client.call(ROUTES.joinEntry, { params: { entry_id }, body });
  },

  note: async ({ entry_id }, { client, ask }) => {
    const text = await askNotes(ask, 'Note:');
    return text === null ? null : client.call(ROUTES.noteEntry, { params: { entry_id }, body: { text } });
  },

  tag: async ({ entry_id, tenant_id }, { client, ask }) => {
    const tags = await askTags(ask, await tagsOf(client, tenant_id));
    const isRemoved = (tag: string) => tag.startsWith('-');
    const add = tags.filter((tag) => !isRemoved(tag));
    const remove = tags.filter(isRemoved).map((tag) => tag.slice(1));
    if (tags.length === 0) return null;
    return client.call(ROUTES.tagEntry, { params: { entry_id }, body: { add, remove } });
  },

  resolve: async ({ entry_id, tenant_id }, { client, ask }) => {
    const notes = await askNotes(ask, 'What was done?');
    if (notes === null) return null;
    const tags = await askTags(ask, await tagsOf(client, tenant_id));
    return client.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes, tags } });
  },

  reopen: async ({ entry_id }, { client, ask }) => {
    const notes = await askNotes(ask, 'Why is it not done?');
    return notes === null ? null : client.call(ROUTES.reopenEntry, { params: { entry_id }, body: { notes } });
  },
};

async function askNotes(ask: Terminal['ask'], words: string): Promise<string | null> {
  const notes = await ask({ words });
  const flaw = notes === null ? null : flawOf(notes);
  if (flaw) throw new CommandError('usage', `That ${flaw}`);
  return notes;
}

async function askTags(ask: Terminal['ask'], known: string[]): Promise<string[]> {
  const some = known.length > 0 ? ` (Tab completes: ${known.slice(0, 8).join(', ')})` : '';
  const typed = (await ask({ words: `Tags, with commas between${some}:`, known })) ?? '';
  return typed
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);
}
