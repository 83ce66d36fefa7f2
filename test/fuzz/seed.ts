/** A tenant with a call, an event and an entry, so that there is something to be found. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { FLAGS } from '@receptionist/core';
import type { Call } from '@receptionist/simulator/caller';
import { northside } from '../harness/tenants.ts';
import type { Ids } from './requests.ts';

export async function seedIds(admin: AdminClient, ring: () => Promise<Call>): Promise<Ids> {
  await admin.call(ROUTES.createTenant, { body: northside({ plan: 'pro' }) });
  const call = await ring();
  await call.say('Are you open on Friday?');
  await call.hangUp();
  const params = { tenant_id: 't1' };
  const { items } = await admin.all(ROUTES.listConversations, { params });
  const { event_id } = await admin.call(ROUTES.createEscalation, {
    params,
    body: { caller: null, reason: 'complaint' },
  });
  const entry_id = await filed(admin, event_id);
  return {
    tenant_id: ['t1', 't2'],
    conversation_id: [items[0]?.conversation_id ?? 'cv_none'],
    event_id: [event_id],
    entry_id: [entry_id],
    flag: FLAGS,
  };
}

/** The worker files it within a second. */
async function filed(admin: AdminClient, event_id: string): Promise<string> {
  for (;;) {
    const { entry_id } = await admin.call(ROUTES.getEvent, { params: { event_id } });
    if (entry_id) return entry_id;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
