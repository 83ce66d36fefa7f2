/** A tenant that puts callers through to its own phones, and what a caller hears on the way. */
import { ROUTES } from '@receptionist/admin-api';
import type { Tenant, TimelineEvent } from '@receptionist/core';
import type { Call } from '@receptionist/simulator/caller';
import { type FrontDesk, type FrontDeskOptions, openFrontDesk } from './front-desk.ts';
import { northside } from './tenants.ts';

export const FRONT_PHONE = '+15005550009';
export const BACK_PHONE = '+15005550010';

/** Longer than this a caller never hears nothing, in seconds. */
export const LONGEST_SILENCE = 6;

/** It has one phone if the story names no others, and alerts nobody else before an hour has passed. */
export async function openTransferDesk({
  tenant = {},
  ...options
}: FrontDeskOptions & { tenant?: Partial<Tenant> } = {}): Promise<FrontDesk> {
  const quiet = [
    { after_minutes: 0, notify: ['slack' as const] },
    { after_minutes: 600, notify: ['slack' as const] },
  ];
  const transferring = northside({
    plan: 'core',
    hand_off: { phones: [FRONT_PHONE], ring_seconds: 20 },
    escalation: { critical: quiet, standard: quiet },
    ...tenant,
  });
  const desk = await openFrontDesk({ ...options, tenants: [transferring] });
  const params = { tenant_id: 't1', flag: 'allow_live_transfer' };
  await desk.admin.call(ROUTES.putFlag, { params, body: { enabled: true } });
  return desk;
}

/** In order, what lasts together as one. */
export function heardBy({ line }: Call): string[] {
  const heard: string[] = [];
  for (const { what, text } of line) {
    const words = what === 'words' ? text : `(${what})`;
    if (what !== 'silence' && words !== heard.at(-1)) heard.push(words);
  }
  return heard;
}

/** What the entry of the only caller tells of the hand-off, as `who: detail`. */
export async function transfersOf(desk: FrontDesk, entry_id: string): Promise<string[]> {
  const { timeline } = await desk.entry(entry_id);
  return timeline.filter(({ action }) => action === 'transfer').map(inWords);
}

function inWords({ actor, detail }: TimelineEvent): string {
  return `${actor}: ${detail}`;
}

/** The entry of the only caller, whatever became of it. */
export async function theEntry(desk: FrontDesk): Promise<string> {
  await desk.settle();
  const query = { status: ['open', 'acknowledged', 'engaged', 'resolved'] as const };
  const { items } = await desk.admin.all(ROUTES.listEntries, { query: { status: [...query.status] } });
  if (items.length !== 1) throw new Error(`${items.length} entries, not one`);
  return items[0]?.entry_id ?? '';
}
