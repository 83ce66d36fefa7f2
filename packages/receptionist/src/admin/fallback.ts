import type { Answer, Routes } from '@receptionist/admin-api';
import type { Move } from '@receptionist/core';
import type { Verbs } from '@receptionist/store';
import { auditOf } from './audited-move.ts';
import { type Changed, existing, type Handlers, withInstants } from './endpoints.ts';
import { masked } from './masked.ts';

type MoveRoute = `${Move['move']}Entry`;

/** As many as a person reads through. */
const MOST_TAGS_OFFERED = 100;

export const fallback: Pick<Handlers, 'listEntries' | 'listTags' | 'getEntry' | MoveRoute> = {
  async listEntries(read, { query: { limit, cursor = null, count, ...query } }) {
    const filter = withInstants(query);
    const page = await read.listEntries(filter, { limit, cursor });
    return count ? { ...page, total: await read.countEntries(filter) } : page;
  },

  listTags: async (read, { query: { tenant_id } }) => {
    const tags = await read.usedTags(tenant_id, MOST_TAGS_OFFERED);
    return { items: tags.map((tag) => ({ tag })), next_cursor: null };
  },

  getEntry: (read, { params }) => existing(read.getEntry(params.entry_id), 'fallback entry', params.entry_id),

  acknowledgeEntry: (tx, request) => moved(tx, request, { move: 'acknowledge' }),
  assignEntry: (tx, request) => moved(tx, request, { move: 'assign', ...request.body }),
  engageEntry: (tx, request) => moved(tx, request, { move: 'engage', ...request.body }),
  noteEntry: (tx, request) => moved(tx, request, { move: 'note', ...request.body }),
  tagEntry: (tx, request) => moved(tx, request, { move: 'tag', ...request.body }),
  resolveEntry: (tx, request) => moved(tx, request, { move: 'resolve', ...request.body }),
  reopenEntry: (tx, request) => moved(tx, request, { move: 'reopen', ...request.body }),
};

async function moved(
  tx: Verbs,
  { params: { entry_id }, actor, now }: { params: { entry_id: string }; actor: string; now: string },
  move: Move,
): Promise<Changed<Answer<Routes['getEntry']>>> {
  const before = await existing(tx.getEntry(entry_id), 'fallback entry', entry_id);
  const after = await tx.moveEntry(entry_id, masked(move), actor, now);
  return { answer: after, audit: auditOf(move, before, after), ring: { kind: 'entry', id: entry_id } };
}
