/** Changes of plan that were deferred are made when their time has come. */
import type { Instant } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import type { Chore } from '../escalation/engine.ts';
import type { Log } from '../observability/log.ts';
import { recordOwnChange } from './own-change.ts';
import type { FlagReader } from './reader.ts';

export function createDuePlans({
  store,
  flags,
  log,
}: {
  store: Store;
  flags: Pick<FlagReader, 'changed'>;
  log: Log;
}): Chore {
  return async (now) => {
    while (await applySome(now));
  };

  /** False: none is due. */
  async function applySome(now: Instant): Promise<boolean> {
    const applied = await store.transact(async (tx) => {
      const changes = await tx.applyDuePlans(now);
      for (const { tenant_id, plan, previous_plan, by } of changes)
        await recordOwnChange(tx, {
          at: now,
          action: 'plan.set',
          target: `tenant:${tenant_id}`,
          before: { plan: previous_plan },
          after: { plan, by },
        });
      return changes;
    });
    if (applied.length === 0) return false;
    flags.changed();
    log.info({ applied }, 'changes of plan that were deferred have been made');
    return true;
  }
}
