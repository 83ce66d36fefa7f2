/** The conversations with callers, spoken and written: what is decided, what is recorded, and who is told of it. */
import {
  type FlagEvaluation,
  type Heard,
  type Instant,
  isOpenToModel,
  Problem,
  type Tenant,
  type TurnContext,
  wordsHeard,
} from '@receptionist/core';
import type { LiveConversation, Store, Verbs } from '@receptionist/store';
import type { Wake } from '../escalation/wake.ts';
import type { FlagReader } from '../flags/reader.ts';
import { countWait } from '../hand-off/news.ts';
import type { ModelLine } from '../models/line.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { TextReport } from '../webhooks/messaging.ts';
import type { RecordingReport, Reply } from '../webhooks/telephony.ts';
import type { Announce } from './announcer.ts';
import {
  answerCall,
  type CallTurn,
  type ChangedHandOff,
  endCall,
  keepRecording,
  keptReply,
} from './calls.ts';
import {
  answerText,
  correspondentOf,
  endSilentThread,
  hear,
  isOver,
  keptTexts,
  type TenantText,
  type TextReply,
} from './texts.ts';
import { contextOf, type Proposed } from './turns.ts';
import { recordReport } from './undelivered.ts';

export interface Conversations {
  /** A request that comes again gets the reply it got, and makes no second turn. */
  takeCallTurn(turn: CallTurn): Promise<Reply>;
  /** The same for a text. */
  takeText(text: TenantText): Promise<TextReply>;
  /** The caller has gone. What they had begun to say is passed on. */
  endCall(call: { call_id: string; account_id: string | null }): Promise<void>;
  /** What a caller said after the tone is kept by the provider. Told twice is told once. */
  keepRecording(recording: RecordingReport): Promise<void>;
  /** The provider tells what became of a text of ours. */
  takeReport(report: TextReport): Promise<void>;
  /** End what was silent for too long; to be called now and then. */
  endSilentThreads(now: Instant): Promise<void>;
}

export function createConversations({
  store,
  flags,
  models,
  canText,
  canCall,
  announce,
  metrics,
  wake,
}: {
  store: Store;
  flags: Pick<FlagReader, 'evaluateAll'>;
  models: ModelLine;
  /** Whether texts of ours can be sent in the name of the tenant. */
  canText: (tenant: Tenant) => boolean;
  /** Whether calls of ours can be placed in the name of the tenant. */
  canCall: (tenant: Tenant) => boolean;
  announce: Announce;
  metrics: Metrics;
  wake: Wake;
}): Conversations {
  return {
    async takeCallTurn(turn) {
      const heardAt = performance.now();
      const waited = () => performance.now() - heardAt;
      const proposed = await proposeForCall(turn);
      const evaluated = await flags.evaluateAll(turn.tenant.tenant_id);
      const now = await store.now();
      const answered = await once((tx) =>
        answerCall(tx, { turn, proposed, flags: evaluated, canText, canCall, waited, now }),
      );
      if (answered.began) metrics.calls.inc();
      announce(answered.escalated);
      if (answered.text_id !== null) wake.ring('text', answered.text_id);
      if (answered.hand_off !== null) followHandOff(answered.hand_off, now);
      return answered.reply;
    },

    async takeText(text) {
      const evaluated = await flags.evaluateAll(text.tenant.tenant_id);
      const proposed = await proposeForText(text, evaluated);
      const now = await store.now();
      const { reply, escalated } = await once((tx) =>
        answerText(tx, { text, proposed, flags: evaluated, now }),
      );
      metrics.texts.inc({ direction: 'in', result: reply.texts.length > 0 ? 'answered' : 'unanswered' });
      escalated.forEach(announce);
      return reply;
    },

    async endCall(call) {
      const now = await store.now();
      const { escalated, hand_off } = await store.transact((tx) => endCall(tx, call, now));
      announce(escalated);
      if (hand_off !== null) followHandOff(hand_off, now);
    },
    async keepRecording(recording) {
      const now = await store.now();
      await store.transact((tx) => keepRecording(tx, recording, now));
    },

    async takeReport(report) {
      const now = await store.now();
      metrics.texts.inc({ direction: 'out', result: report.status });
      announce(await store.transact((tx) => recordReport(tx, report, now)));
    },

    async endSilentThreads(now) {
      for (;;) {
        const ended = await store.transact((tx) => endSilentThread(tx, now));
        if (!ended) return;
        announce(ended.escalated);
      }
    },
  };

  /** A caller waits now, or waits no more: phones are rung, or silenced. */
  function followHandOff(change: ChangedHandOff, now: Instant): void {
    countWait(metrics, change, now);
    wake.ring('hand_off', change.after.hand_off_id);
  }

  /** The same request came twice at once, and the other one was recorded first: now its reply is there. */
  async function once<T>(answer: (tx: Verbs) => Promise<T>): Promise<T> {
    return store.transact(answer).catch((error) => {
      if (error instanceof Problem && error.code === 'already_exists') return store.transact(answer);
      throw error;
    });
  }

  async function proposeForCall(turn: CallTurn): Promise<Proposed | null> {
    const { heard, tenant } = turn;
    if (models.isEmpty || heard.kind !== 'speech') return null;
    const call = await store.read.findCall(turn.call_id);
    if (!call || call.ended_at || (await keptReply(store.read, turn))) return null;
    return propose(call, heard, contextOf(call, { tenant, now: await store.now() }));
  }

  async function proposeForText(text: TenantText, evaluated: FlagEvaluation[]): Promise<Proposed | null> {
    const { channel, caller, tenant } = text;
    if (models.isEmpty || (await keptTexts(store.read, text))) return null;
    const correspondent = correspondentOf(text);
    const heard = hear(text, await store.read.hasOptedOut(correspondent));
    const now = await store.now();
    const found = await store.read.findThread(correspondent);
    const known = found && !isOver(found, now) ? found : null;
    const begun = { channel, caller, flags: evaluated, transcript: [] };
    return propose(known, heard, contextOf(known ?? begun, { tenant, now }));
  }

  /** Before the transaction, which must not wait for a model; what it is based on is checked in there. */
  async function propose(
    known: LiveConversation | null,
    heard: Heard,
    context: TurnContext,
  ): Promise<Proposed | null> {
    if (!isOpenToModel(known?.state ?? null, heard, context)) return null;
    const proposal = await models.propose({ context, words: wordsHeard(heard) });
    const { conversation_id = null, next_turn: turn = 1 } = known ?? {};
    return proposal && { conversation_id, turn, proposal };
  }
}
