import { severityOf } from '@receptionist/core';
import { existing, type Handlers } from './endpoints.ts';
import { masked } from './masked.ts';

export const events: Pick<Handlers, 'createEscalation' | 'getEvent'> = {
  getEvent: (read, { params }) => existing(read.getEvent(params.event_id), 'event', params.event_id),

  async createEscalation(tx, { params: { tenant_id }, body, actor, now }) {
    await existing(tx.getTenant(tenant_id), 'tenant', tenant_id);
    const { caller, reason } = body;
    const { reason_detail, context } = masked({ reason_detail: body.reason_detail, context: body.context });
    const severity = body.severity ?? severityOf(reason, context.live);
    const { event_id } = await tx.emitEscalate({
      tenant_id,
      conversation_id: null,
      channel: 'manual',
      caller,
      reason,
      reason_detail,
      severity,
      live: context.live,
      at: now,
      context: {
        ...context,
        summary: context.summary ?? reason_detail ?? `Filed by hand by ${actor}.`,
        transcript: context.transcript.map((utterance) => ({ at: now, ...utterance })),
      },
    });
    return {
      answer: { event_id },
      audit: {
        action: 'escalation.file',
        target: `event:${event_id}`,
        before: null,
        after: { tenant_id, reason, severity },
      },
      ring: { kind: 'event', id: event_id },
    };
  },
};
