import type { DaemonStatus } from '@receptionist/admin-api';
import type { Handlers } from './endpoints.ts';

export function createStatus(examine: () => Promise<DaemonStatus>): Pick<Handlers, 'getStatus'> {
  return { getStatus: () => examine() };
}
