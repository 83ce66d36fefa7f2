/** The calls that Twilio had for a tenant, as the daemon compares them with its own. */
import type { AdminClient, Answer, Body, Routes } from '@receptionist/admin-api';
import { ROUTES } from '@receptionist/admin-api';
import { callerNumber, type Instant, type Tenant } from '@receptionist/core';
import type { TwilioCall, TwilioRest } from './rest.ts';

type Call = Body<Routes['fileMissedCalls']>['calls'][number];

export interface MissedCall extends Call {
  tenant_id: string;
  conversation_id: string;
  event_id: string;
}

const MOST_AT_ONCE = 500;

/** Calls that still go on are left out: they may reach the daemon yet. */
const ENDED = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];

/** Oldest first. */
export async function callsOf({ numbers }: Tenant, twilio: TwilioRest, since: Instant): Promise<Call[]> {
  const lists = await Promise.all(numbers.map((number) => twilio.callsTo(number, since)));
  return lists
    .flat()
    .filter(({ direction, status }) => direction === 'inbound' && ENDED.includes(status))
    .map(toCall)
    .toSorted((a, b) => a.started_at.localeCompare(b.started_at));
}

function toCall({ sid, from, start_time, duration }: TwilioCall): Call {
  return {
    call_sid: sid,
    caller: callerNumber(from),
    started_at: new Date(start_time).toISOString(),
    seconds: Number(duration ?? 0),
  };
}

/** Those that the daemon did not know, and has filed now. */
export async function fileMissed(
  client: AdminClient,
  tenant_id: string,
  calls: Call[],
): Promise<MissedCall[]> {
  const missed: MissedCall[] = [];
  for (let start = 0; start < calls.length; start += MOST_AT_ONCE) {
    const some = calls.slice(start, start + MOST_AT_ONCE);
    const { filed } = await client.call(ROUTES.fileMissedCalls, {
      params: { tenant_id },
      body: { calls: some },
    });
    missed.push(...filed.map((one) => toMissedCall(tenant_id, one, some)));
  }
  return missed;
}

type Filed = Answer<Routes['fileMissedCalls']>['filed'][number];

function toMissedCall(tenant_id: string, filed: Filed, calls: Call[]): MissedCall {
  const call = calls.find(({ call_sid }) => call_sid === filed.call_sid) as Call;
  return { tenant_id, ...call, ...filed };
}
