import { type AdminClient, ROUTES } from '@receptionist/admin-api';

/** The tags in use at the tenants of these entries, latest first. */
export async function usedTags(client: Pick<AdminClient, 'call'>, entry_ids: string[]): Promise<string[]> {
  const entries = await Promise.all(
    entry_ids.map((entry_id) => client.call(ROUTES.getEntry, { params: { entry_id } })),
  );
  const tenants = new Set(entries.map(({ tenant_id }) => tenant_id));
  const lists = await Promise.all([...tenants].map((tenant_id) => tagsOf(client, tenant_id)));
  return [...new Set(lists.flat())];
}

export async function tagsOf(client: Pick<AdminClient, 'call'>, tenant_id: string): Promise<string[]> {
  const { items } = await client.call(ROUTES.listTags, { query: { tenant_id } });
  return items.map(({ tag }) => tag);
}
