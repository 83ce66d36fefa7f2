import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import type { PhoneNumber } from '@receptionist/core';

/** The phone under which the on-call list has this person, or null. */
export async function ownPhone(client: Pick<AdminClient, 'call'>, user: string): Promise<PhoneNumber | null> {
  const { people } = await client.call(ROUTES.getOnCall, {});
  return people.find((person) => person.user === user)?.phone ?? null;
}
