/** For tests of hand-offs: in a test office a caller waits in a room, and phones are to be rung for them. */
import type { HandOff } from '@receptionist/core';
import type { Office } from '../webhooks/test-office.ts';

export const WAYS = { slack: null, pagerduty: false, phone: true };
export const CALLER = '+14155550123';

/** The call is `CA1`. */
export function beginHandOff({ store, tenant, at }: Office): Promise<HandOff> {
  const { tenant_id, hand_off } = tenant;
  return store.transact(async (tx) => {
    const { conversation_id } = await tx.beginConversation({
      ...{ tenant_id, channel: 'voice', provider_id: 'CA1', caller: CALLER },
      ...{ simulated: false, flags: [], at: at() },
    });
    const { event_id } = await tx.emitEscalate({
      ...{ tenant_id, conversation_id, channel: 'voice', caller: CALLER, live: true, at: at() },
      ...{ reason: 'caller_asked_for_human', reason_detail: null, severity: 'critical' },
      context: { summary: 'Wants a person.', live: true, call_sid: 'CA1', slots: {}, transcript: [] },
    });
    const cause = { tenant_id, conversation_id, event_id, call_id: 'CA1', caller: CALLER };
    return tx.beginHandOff({ ...cause, number: '+15005550006', ...hand_off }, at());
  });
}
