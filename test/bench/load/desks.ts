/** Tenants with a channel each, so that no limit of Slack's is in the way. */
import type { Tenant } from '@receptionist/core';
import type { SlackChannel } from '@receptionist/simulator/servers';
import { northside } from '../../harness/tenants.ts';

export const DESKS = 40;

const numbers = Array.from({ length: DESKS }, (_, index) => index + 1);

export const CHANNELS: SlackChannel[] = [
  { id: 'C0HUMAN', name: 'human-fallback', member: true },
  ...numbers.map((number) => ({ id: channelId(number), name: `desk-${number}`, member: true })),
];

export const TENANTS: Tenant[] = numbers.map((number) =>
  northside({
    tenant_id: `desk-${number}`,
    plan: 'enterprise',
    numbers: [phoneOf(number)],
    slack_channel: channelId(number),
  }),
);

/** Of desk 1 to DESKS. */
export function phoneOf(desk: number): string {
  return `+1500555${1_000 + desk}`;
}

/** Where the desk with that phone is told of. */
export function channelOf(phone: string): string {
  return channelId(Number(phone.slice(-3)));
}

function channelId(desk: number): string {
  return `C0DESK${desk}`;
}
