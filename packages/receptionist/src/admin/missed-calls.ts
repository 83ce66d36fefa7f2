import type { Body, Routes } from '@receptionist/admin-api';
import { evaluateFlags, type FlagEvaluation, type Instant, severityOf } from '@receptionist/core';
import type { Verbs } from '@receptionist/store';
import { existing, type Handlers } from './endpoints.ts';

type MissedCall = Body<Routes['fileMissedCalls']>['calls'][number];

export const missedCalls: Pick<Handlers, 'fileMissedCalls'> = {
  async fileMissedCalls(tx, { params: { tenant_id }, body: { calls }, now }) {
    const flags = evaluateFlags(await existing(tx.flagSnapshot(tenant_id), 'tenant', tenant_id), now);
    const filed = [];
    const known = [];
    for (const call of calls) {
      if (await tx.findCall(call.call_sid)) known.push(call.call_sid);
      else filed.push({ call_sid: call.call_sid, ...(await file(tx, call, { tenant_id, flags, now })) });
    }
    const [first] = filed;
    return {
      answer: { filed, known },
      audit: {
        action: 'missed_calls.file',
        target: `tenant:${tenant_id}`,
        before: null,
        after: { filed: filed.map(({ call_sid }) => call_sid), known: known.length },
      },
      ...(first ? { ring: { kind: 'event', id: first.event_id } as const } : {}),
    };
  },
};

/** The call becomes a conversation that failed: so it is known from now on, and shows among the others. */
async function file(
  tx: Verbs,
  { call_sid, caller, started_at, seconds }: MissedCall,
  { tenant_id, flags, now }: { tenant_id: string; flags: FlagEvaluation[]; now: Instant },
): Promise<{ conversation_id: string; event_id: string }> {
  const began = new Date(started_at);
  const ended = new Date(began.getTime() + seconds * 1_000);
  const { conversation_id } = await tx.beginConversation({
    tenant_id,
    channel: 'voice',
    provider_id: call_sid,
    caller,
    simulated: false,
    flags,
    at: began.toISOString(),
  });
  await tx.endConversation(call_sid, 'failed', ended.toISOString());
  const summary = `They called at ${began.toISOString()} and stayed ${seconds} s, while we were away.`;
  const { event_id } = await tx.emitEscalate({
    tenant_id,
    conversation_id,
    channel: 'voice',
    caller,
    reason: 'system_degraded',
    reason_detail: `${summary} A message that the fallback took is with the recordings of ${call_sid} at Twilio.`,
    severity: severityOf('system_degraded', false),
    live: false,
    at: now,
    context: { summary, live: false, call_sid, slots: {}, transcript: [] },
  });
  return { conversation_id, event_id };
}
