/** Numbers are members of their tenants; these look at them the other way round. */
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import type { PhoneNumber, Tenant } from '@receptionist/core';
import { CommandError } from './failure.ts';

export interface TenantNumber {
  number: PhoneNumber;
  tenant_id: string;
  name: string;
}

/** Of one tenant, or of all. */
export async function numbersOf(client: AdminClient, tenant_id?: string): Promise<TenantNumber[]> {
  const tenants = tenant_id === undefined ? await allTenants(client) : [await oneTenant(client, tenant_id)];
  return tenants.flatMap(({ tenant_id, name, numbers }) =>
    numbers.map((number) => ({ number, tenant_id, name })),
  );
}

export async function allTenants(client: AdminClient): Promise<Tenant[]> {
  return (await client.all(ROUTES.listTenants, {})).items;
}

export function oneTenant(client: AdminClient, tenant_id: string): Promise<Tenant> {
  return client.call(ROUTES.getTenant, { params: { tenant_id } });
}

/** The API takes a tenant's numbers as one list: read, change, write. */
export async function changeNumbers(
  client: AdminClient,
  tenant_id: string,
  change: (numbers: PhoneNumber[]) => PhoneNumber[],
): Promise<Tenant> {
  const { numbers } = await oneTenant(client, tenant_id);
  return client.call(ROUTES.patchTenant, { params: { tenant_id }, body: { numbers: change(numbers) } });
}

/** `to`, or the first number of the tenant. @throws CommandError `not_found` where it has none */
export async function numberToReach(
  connect: () => AdminClient,
  { to, tenant = '' }: { to?: string | undefined; tenant?: string | undefined },
): Promise<PhoneNumber> {
  if (to !== undefined) return phoneNumber(to);
  const { numbers } = await oneTenant(connect(), tenant);
  const [number] = numbers;
  if (number) return number;
  throw new CommandError(
    'not_found',
    `${tenant} has no number.`,
    `Add one: adminctl number add NUMBER --tenant ${tenant}`,
  );
}

/** As people write them: spaces, dashes, dots and brackets are left out. @throws CommandError `usage` */
export function phoneNumber(typed: string): PhoneNumber {
  const number = typed.replace(/[\s().-]/g, '');
  // A zero in brackets is dialled at home only: with the country before it, the number is another one.
  if (/^\+[1-9]\d{6,14}$/.test(number) && !/\(\s*0/.test(typed)) return number;
  throw new CommandError('usage', `"${typed}" is no number in E.164.`, 'With plus and country: +14155550123');
}
