/** The backfills of tenants' files: one in each schema, with a place of its own, and for people one thing in all of them. */
import { Problem } from '@receptionist/core';
import type { BackfillPlan } from './backfill.ts';
import type { BackfillState } from './backfill-rows.ts';
import type { SchemaTools } from './schema-tools.ts';
import { inParallel, JOBS, messageOf } from './tenant-rounds.ts';
import type { Verification } from './verify.ts';

export interface TenantBackfill extends BackfillState {
  tenant_id: string;
}

export interface TenantBackfillPlan extends BackfillPlan {
  tenant_id: string;
}

export interface TenantVerification extends Verification {
  tenant_id: string;
  /** Why nothing could be compared; else null. */
  error: string | null;
}

export interface TenantBackfills {
  backfills(): Promise<TenantBackfill[]>;
  /** @throws Problem that names the tenant for whom it cannot be told */
  planBackfill(id: string): Promise<TenantBackfillPlan[]>;
  /** Wherever it is not done, also where it has not begun. @throws Problem `not_found` where it began nowhere, `conflict` when it is done */
  pauseBackfill(id: string): Promise<TenantBackfill[]>;
  /** @throws Problem `not_found` where it began nowhere, `conflict` when it is verified everywhere */
  unpauseBackfill(id: string): Promise<TenantBackfill[]>;
  /** Each that has begun, if none is named. */
  verify(id?: string): Promise<TenantVerification[]>;
}

export function createTenantBackfills({
  tenantIds,
  toolsOf,
}: {
  tenantIds: () => Promise<string[]>;
  toolsOf: (tenant_id: string) => SchemaTools;
}): TenantBackfills {
  const ofEach = async <T>(work: (tools: SchemaTools, tenant_id: string) => Promise<T>): Promise<T[]> =>
    inParallel(JOBS, await tenantIds(), (tenant_id) => work(toolsOf(tenant_id), tenant_id));

  async function backfills(): Promise<TenantBackfill[]> {
    const states = await ofEach(async (tools, tenant_id) => {
      // What is wrong with a schema that cannot be read is told by its status.
      const own = await tools.backfills().catch(() => []);
      return own.map((state) => ({ ...state, tenant_id }));
    });
    return states.flat();
  }

  /** @throws Problem `not_found` */
  async function begun(id: string): Promise<TenantBackfill[]> {
    const states = (await backfills()).filter((state) => state.id === id);
    if (states.length > 0) return states;
    throw new Problem(
      'not_found',
      `The backfill ${id} has begun in no tenant's schema. receptionistd migrate status lists them.`,
    );
  }

  async function planBackfill(id: string): Promise<TenantBackfillPlan[]> {
    return ofEach(async (tools, tenant_id) => {
      try {
        return { tenant_id, ...(await tools.planBackfill(id)) };
      } catch (error) {
        throw error instanceof Problem ? new Problem(error.code, `${tenant_id}: ${error.message}`) : error;
      }
    });
  }

  async function pauseBackfill(id: string): Promise<TenantBackfill[]> {
    const done = new Set((await begun(id)).filter(isDone).map(({ tenant_id }) => tenant_id));
    await ofEach(async (tools, tenant_id) => {
      if (done.has(tenant_id)) return;
      // It may have come to its end meanwhile; and where it cannot be held back, it cannot begin either.
      await tools.holdBackfill(id).catch(() => {});
    });
    const states = await begun(id);
    if (!states.every(isDone)) return states;
    throw new Problem(
      'conflict',
      `The backfill ${id} is done in every tenant's schema: there is nothing left to pause.`,
    );
  }

  async function unpauseBackfill(id: string): Promise<TenantBackfill[]> {
    const states = await begun(id);
    if (states.every(({ state }) => state === 'verified'))
      throw new Problem(
        'conflict',
        `The backfill ${id} is verified in every tenant's schema: there is nothing left to go on with.`,
      );
    const stopped = states.filter(({ state }) => state === 'paused' || state === 'failed');
    await inParallel(JOBS, stopped, ({ tenant_id }) => toolsOf(tenant_id).unpauseBackfill(id));
    return begun(id);
  }

  async function verify(id?: string): Promise<TenantVerification[]> {
    const verifications = await ofEach(async (tools, tenant_id) => {
      const ids = id === undefined ? (await tools.backfills().catch(() => [])).map((own) => own.id) : [id];
      const own: TenantVerification[] = [];
      for (const each of ids) own.push(await verifyOne(tools, tenant_id, each));
      return own;
    });
    return verifications.flat();
  }

  return { backfills, planBackfill, pauseBackfill, unpauseBackfill, verify };
}

async function verifyOne(tools: SchemaTools, tenant_id: string, id: string): Promise<TenantVerification> {
  try {
    return { tenant_id, ...(await tools.verify(id)), error: null };
  } catch (error) {
    const nothing = { verified: false, mismatches: 0, rows: null, examples: [] };
    return { tenant_id, id, ...nothing, error: messageOf(error) };
  }
}

function isDone({ state }: TenantBackfill): boolean {
  return state === 'done' || state === 'verified';
}
