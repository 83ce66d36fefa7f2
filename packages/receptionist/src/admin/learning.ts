import { tenantBody, validated } from '@receptionist/admin-api';
import {
  type Answer,
  draftLesson,
  type Instant,
  learnAnswer,
  learnPhrase,
  type Phrase,
  pastTurns,
  type Tenant,
} from '@receptionist/core';
import type { ReadVerbs, Verbs } from '@receptionist/store';
import type { Replayer } from '../learning/replayer.ts';
import { type Changed, existing, type Handlers } from './endpoints.ts';
import { masked } from './masked.ts';

export const lessons: Pick<Handlers, 'getLesson' | 'addAnswer' | 'addPhrase'> = {
  async getLesson(read, { params: { entry_id } }) {
    const entry = await entryOf(read, entry_id);
    const { tenant_id, conversation_id } = entry;
    const conversation = conversation_id && (await read.getConversation(tenant_id, conversation_id));
    return { entry_id, tenant_id, ...draftLesson(entry, pastTurns(conversation ? conversation.turns : [])) };
  },

  addAnswer: (tx, request) => taught(tx, request, 'answer', learnAnswer),
  addPhrase: (tx, request) => taught(tx, request, 'phrase', learnPhrase),
};

/** The tenant is held from its reading to the commit: of two lessons at once, none is lost. */
async function taught<Lesson extends Answer | Phrase>(
  tx: Verbs,
  { params: { tenant_id }, body, now }: { params: { tenant_id: string }; body: Lesson; now: Instant },
  noun: 'answer' | 'phrase',
  learn: (tenant: Tenant, lesson: Lesson, now: Instant) => Tenant,
): Promise<Changed<Lesson>> {
  const tenant = await existing(tx.getTenant(tenant_id), 'tenant', tenant_id);
  const lesson = masked(body);
  const learned = learn(tenant, lesson, now);
  validated(tenantBody, learned, 'invalid_body');
  await tx.replaceTenant(learned, now);
  return {
    answer: lesson,
    audit: { action: `tenant.${noun}`, target: `tenant:${tenant_id}`, before: null, after: lesson },
  };
}

export function createReplay(replay: Replayer): Pick<Handlers, 'replayEntry'> {
  return {
    async replayEntry(read, { params: { entry_id } }) {
      const entry = await entryOf(read, entry_id);
      const { tenant_id, channel } = entry;
      return { entry_id, tenant_id, channel, ...(await replay(read, entry)) };
    },
  };
}

function entryOf(read: ReadVerbs, entry_id: string) {
  return existing(read.getEntry(entry_id), 'fallback entry', entry_id);
}
