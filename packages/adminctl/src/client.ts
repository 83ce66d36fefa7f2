import { type AdminClient, createAdminClient } from '@receptionist/admin-api';
import type { Settings } from './settings.ts';

/** @throws CommandError `no_key` */
export function adminClient(
  { apiUrl, adminUser, adminKey, keyId }: Settings,
  { timeoutMs }: { timeoutMs: number },
): AdminClient {
  return createAdminClient({ baseUrl: apiUrl, key: adminKey(), keyId, user: adminUser, timeoutMs });
}
