import { notOneOf } from '@receptionist/admin-api';
import {
  evaluateFlag,
  evaluateFlags,
  FLAGS,
  type Flag,
  type FlagEvaluation,
  flagNamed,
  type Instant,
  Problem,
} from '@receptionist/core';
import type { ReadVerbs } from '@receptionist/store';
import { existing, type Handlers } from './endpoints.ts';

export const flags: Pick<Handlers, 'listFlags' | 'putFlag' | 'deleteFlag'> = {
  async listFlags(read, { params: { tenant_id }, time }) {
    const snapshot = await existing(read.flagSnapshot(tenant_id), 'tenant', tenant_id);
    return { tenant_id, plan: snapshot.plan, flags: evaluateFlags(snapshot, await time()) };
  },

  async putFlag(tx, { params, body, actor, now }) {
    const flag = known(params.flag);
    const before = await evaluation(tx, { ...params, flag, now });
    await tx.setFlag(params.tenant_id, flag, body.enabled, actor, now);
    const after = await evaluation(tx, { ...params, flag, now });
    return {
      answer: after,
      audit: { action: 'flag.set', target: `tenant:${params.tenant_id}`, before, after },
    };
  },

  async deleteFlag(tx, { params, now }) {
    const flag = known(params.flag);
    const before = await evaluation(tx, { ...params, flag, now });
    await tx.unsetFlag(params.tenant_id, flag);
    const after = await evaluation(tx, { ...params, flag, now });
    return {
      answer: after,
      audit: { action: 'flag.unset', target: `tenant:${params.tenant_id}`, before, after },
    };
  },
};

function known(name: string): Flag {
  const flag = flagNamed(name);
  if (flag === null) throw new Problem('not_found', `There is no such flag: ${notOneOf(name, FLAGS)}`);
  return flag;
}

async function evaluation(
  read: ReadVerbs,
  { tenant_id, flag, now }: { tenant_id: string; flag: Flag; now: Instant },
): Promise<FlagEvaluation> {
  return evaluateFlag(flag, await existing(read.flagSnapshot(tenant_id), 'tenant', tenant_id), now);
}
