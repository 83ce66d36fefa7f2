/** What the daemon changes by itself stands in the audit like everything else. */
import type { AuditRow, Verbs } from '@receptionist/store';

export const DAEMON = 'receptionistd';

export function recordOwnChange(
  tx: Verbs,
  row: Omit<AuditRow, 'actor' | 'request_id' | 'address'>,
): Promise<void> {
  // No request asked for it.
  return tx.recordAudit({ ...row, actor: DAEMON, request_id: '', address: null });
}
