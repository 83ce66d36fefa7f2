import { notOneOf } from '@receptionist/admin-api';
import {
  evaluateFlag,
  evaluateFlags,
  FLAGS,
  type Flag,
  type FlagEvaluation,
  flagNamed,
  Problem,
} from '@receptionist/core';
import type { ReadVerbs } from '@receptionist/store';
import { existing, type Handlers } from './endpoints.ts';

export const flags: Pick<Handlers, 'listFlags' | 'putFlag' | 'deleteFlag'> = {
  async listFlags(read, { params: { tenant_id } }) {
    const { plan, terms, settings } = await termsAndSettings(read, tenant_id);
    return { tenant_id, plan, flags: evaluateFlags(terms, settings) };
  },

  async putFlag(tx, { params, body, actor, now }) {
    const flag = known(params.flag);
    const before = await evaluation(tx, params.tenant_id, flag);
    await tx.setFlag(params.tenant_id, flag, body.enabled, actor, now);
    const after = await evaluation(tx, params.tenant_id, flag);
    return {
      answer: after,
      audit: { action: 'flag.set', target: `tenant:${params.tenant_id}`, before, after },
    };
  },

  async deleteFlag(tx, { params }) {
    const flag = known(params.flag);
    const before = await evaluation(tx, params.tenant_id, flag);
    await tx.unsetFlag(params.tenant_id, flag);
    const after = await evaluation(tx, params.tenant_id, flag);
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

async function evaluation(read: ReadVerbs, tenant_id: string, flag: Flag): Promise<FlagEvaluation> {
  const { terms, settings } = await termsAndSettings(read, tenant_id);
  return evaluateFlag(
    flag,
    terms,
    settings.find((setting) => setting.flag === flag),
  );
}

async function termsAndSettings(read: ReadVerbs, tenant_id: string) {
  const { plan } = await existing(read.getTenant(tenant_id), 'tenant', tenant_id);
  return { plan, terms: await read.planTerms(plan), settings: await read.flagSettings(tenant_id) };
}
