/** What became of a text of ours; one that does not arrive is for a person. */
import { type Instant, isUndelivered, OPTED_OUT_CODE, undeliveredBecause } from '@receptionist/core';
import type { OutgoingText, Verbs } from '@receptionist/store';
import type { TextReport } from '../webhooks/messaging.ts';
import { type Escalated, escalate, isForeign } from './turns.ts';

/** Texts that are neither in the outbox nor the answer to a webhook are nobody's. */
export async function recordReport(tx: Verbs, report: TextReport, now: Instant): Promise<Escalated | null> {
  const { provider_id, status, error_code: code, sender, recipient } = report;
  const known = await tx.findOutgoingText(report);
  const conversation = await tx.findConversation(known?.conversation_id ?? report.conversation_id ?? '');
  const tenant = conversation && (await tx.getTenant(conversation.tenant_id));
  if (!conversation || !tenant || isForeign(tenant, report.account_id)) return null;
  const { tenant_id, conversation_id } = conversation;
  const answer = { tenant_id, conversation_id, sender, recipient, provider_id };
  const text = known ?? (await tx.recordReplyText(answer, now));
  const why = isUndelivered(status) ? undeliveredBecause(code) : null;
  const isNews = await tx.recordTextStatus(text.text_id, { provider_id, status, why });
  return isNews && why !== null ? escalateUndelivered(tx, text, { why, code }, now) : null;
}

export async function escalateUndelivered(
  tx: Verbs,
  { tenant_id, conversation_id, recipient, body }: OutgoingText,
  { why, code }: { why: string; code: number | null },
  now: Instant,
): Promise<Escalated | null> {
  const conversation = await tx.findConversation(conversation_id);
  if (!conversation) return null;
  const channel = conversation.channel === 'whatsapp' ? 'whatsapp' : 'sms';
  if (code === OPTED_OUT_CODE) await tx.optOut({ tenant_id, channel, sender: recipient }, now);
  const text = body === null ? '' : ` It said: ${body}`;
  return escalate(tx, {
    conversation,
    escalation: {
      reason: 'text_undelivered',
      reason_detail: why,
      summary: `Our text to ${recipient} did not arrive (${why}).${text}`,
    },
    live: false,
    now,
  });
}
