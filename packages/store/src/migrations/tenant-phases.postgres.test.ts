/** Every phase of a change in the schemas of tenants. */
import { fork } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import {
  CONTRACT,
  EXPAND,
  FILL,
  FIRST,
  SWITCH,
  tenantBench,
  tenantNamed,
} from '../conformance/tenant-bench.ts';
import { createDaemons, type DaemonIdentity, type DaemonsOptions } from './daemons.ts';
import { makeTenantSchema } from './new-tenant.ts';
import type { TenantRun } from './tenants.ts';

const TENANTS = 20;
const TEXTS = 100;
const BROKEN = 't013';

// Twenty schemas take their time on a machine that has other things to do.
vi.setConfig({ testTimeout: 60_000 });

const bench = tenantBench();

/** Long in use, everything but what the new version brings. */
async function seed(tenants = TENANTS): Promise<void> {
  await bench.seedTenants(tenants);
  await bench.migrations.up();
  await bench.seedTexts(tenants, TEXTS);
  await bench.release(EXPAND, FILL, SWITCH, CONTRACT);
}

const breakOne = () => bench.run(`alter table tenant_${BROKEN}.text_bodies rename to taken_away`);
const mendOne = () => bench.run(`alter table tenant_${BROKEN}.taken_away rename to text_bodies`);
const longAgo = (tenants = TENANTS) =>
  bench.inEach(tenants, `update schema_migrations set applied_at = '2020-01-01T00:00:00.000Z'`);

const failedOf = (runs: TenantRun[]) => runs.filter(({ failed }) => failed).map(({ tenant_id }) => tenant_id);
const waitingOf = (runs: TenantRun[]) =>
  runs.filter(({ waiting }) => waiting.length > 0).map(({ tenant_id }) => tenant_id);
const doneOf = (runs: TenantRun[], id: string) =>
  runs.filter(({ done }) => done.includes(id)).map(({ tenant_id }) => tenant_id);

/** How many rows of each tenant were filled how often. */
async function fillings(tenants = TENANTS): Promise<unknown[]> {
  const each = Array.from(
    { length: tenants },
    (_, i) => `select times, length from tenant_${tenantNamed(i + 1)}.text_bodies`,
  );
  return bench.query(
    `select times, count(*)::int as rows, count(length)::int as filled from (${each.join(' union all ')}) all_of_them group by times order by times`,
  );
}

const DAEMON: DaemonIdentity = { instance_id: 'd1', role: 'all', version: '1.0.0', host: 'desk', pid: 41 };
const daemons = (knows: Partial<DaemonsOptions>) =>
  createDaemons({
    dialect: bench.dialect,
    now: bench.dialect.now,
    knows: async () => '9999_newest',
    ...knows,
  });
const beat = (knowsOfTenants?: string) =>
  daemons(knowsOfTenants === undefined ? {} : { knowsOfTenants: async () => knowsOfTenants }).beat(DAEMON);

describe('up', () => {
  it('expands, backfills and switches in each, tells contracts as waiting, and stops for none that is broken', async () => {
    await seed();
    await breakOne();
    const told = new Set<string>();
    const runs = await bench.migrations.up({
      onProgress: (tenant_id, { backfill }) => backfill && told.add(tenant_id),
    });
    expect(failedOf(runs)).toEqual([BROKEN]);
    expect(doneOf(runs, SWITCH)).toHaveLength(TENANTS - 1);
    expect(runs.every(({ waiting }) => waiting.some(({ id }) => id === CONTRACT))).toBe(true);
    expect(told.size).toBe(TENANTS - 1);
    await mendOne();
    const again = await bench.migrations.up();
    expect(again.filter(({ done }) => done.length > 0)).toMatchObject([
      { tenant_id: BROKEN, done: [EXPAND, FILL, SWITCH], failed: null },
    ]);
    expect(await fillings()).toEqual([{ times: 1, rows: TENANTS * TEXTS, filled: TENANTS * TEXTS }]);
    const states = await bench.migrations.backfills();
    expect(states).toHaveLength(TENANTS);
    expect(states[0]).toMatchObject({
      ...{ tenant_id: 't001', scope: 'tenant_t001', id: FILL, state: 'verified' },
      ...{ done_rows: TEXTS, total_rows: TEXTS, mismatches: 0 },
    });
  });

  it('goes on where it was killed, and fills each row once', async () => {
    await seed();
    for (let kills = 0; kills < 3; kills++) {
      const child = fork(new URL('../conformance/tenant-up-child.ts', import.meta.url), {
        env: { ...process.env, DATABASE: bench.database.url, FOLDER: bench.folder.href },
      });
      // After a batch or two of the first of those who are left.
      await new Promise((resolve) => child.once('message', resolve));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    const runs = await bench.migrations.up();
    expect(failedOf(runs)).toEqual([]);
    expect(await fillings()).toEqual([{ times: 1, rows: TENANTS * TEXTS, filled: TENANTS * TEXTS }]);
    const verified = (await bench.migrations.backfills()).filter(({ state }) => state === 'verified');
    expect(verified).toHaveLength(TENANTS);
  });

  it('fills each row once where several run at once', async () => {
    await seed(8);
    const runs = (await Promise.all([1, 2, 3].map(() => bench.migrations.up()))).flat();
    expect(failedOf(runs)).toEqual([]);
    expect(doneOf(runs, FILL).sort()).toEqual(Array.from({ length: 8 }, (_, i) => tenantNamed(i + 1)));
    expect(await fillings(8)).toEqual([{ times: 1, rows: 8 * TEXTS, filled: 8 * TEXTS }]);
  });

  it('makes a schema anew that somebody dropped, as the others are', async () => {
    await seed(3);
    await bench.migrations.up();
    await bench.run('drop schema tenant_t002 cascade');
    const runs = await bench.migrations.up();
    expect(doneOf(runs, SWITCH)).toEqual(['t002']);
    expect(doneOf(runs, CONTRACT)).toEqual([]);
  });
});

describe('a backfill', () => {
  it('is paused for all, also those whom it has not come to, and goes on', async () => {
    await seed(3);
    await bench.migrations.up({ to: EXPAND });
    await expect(bench.migrations.pauseBackfill(FILL)).rejects.toMatchObject({ code: 'not_found' });
    await bench.run('update tenant_t002.text_bodies set length = 7, times = 1');
    const [first] = await bench.migrations.up({ to: FILL, canary: 't002' });
    expect(first).toMatchObject({ tenant_id: 't001', not_run: [FILL] });

    // A version before this one made none.
    await bench.run('drop table tenant_t003.schema_backfills');
    const paused = await bench.migrations.pauseBackfill(FILL);
    expect(paused.map(({ tenant_id, state }) => [tenant_id, state])).toEqual([
      ['t001', 'paused'],
      ['t002', 'done'],
      ['t003', 'paused'],
    ]);
    const waiting = await bench.migrations.runBackfill(FILL, {});
    expect(waitingOf(waiting)).toEqual(['t001', 't003']);
    await bench.run('update tenant_t002.text_bodies set length = null, times = 0');
    await bench.migrations.unpauseBackfill(FILL);
    await bench.migrations.runBackfill(FILL, {});
    expect(await fillings(3)).toEqual([{ times: 1, rows: 3 * TEXTS, filled: 3 * TEXTS }]);
    await expect(bench.migrations.pauseBackfill(FILL)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is planned and verified in each, beside one that cannot be', async () => {
    await seed(3);
    await bench.migrations.up({ to: EXPAND });
    expect(await bench.migrations.planBackfill(FILL)).toMatchObject(
      ['t001', 't002', 't003'].map((tenant_id) => ({ tenant_id, rows: TEXTS, first_batch: { rows: 10 } })),
    );
    await bench.migrations.up();
    await bench.run(`update tenant_t002.text_bodies set length = 0 where text_id = 'x00042'`);
    await bench.run('alter table tenant_t003.text_bodies rename to taken_away');
    expect(await bench.migrations.verify()).toMatchObject([
      { tenant_id: 't001', id: FILL, verified: true, rows: TEXTS, error: null },
      {
        tenant_id: 't002',
        verified: false,
        mismatches: 1,
        examples: [{ key: 'x00042', old: '42', new: '0' }],
      },
      { tenant_id: 't003', verified: false, error: expect.stringContaining('does not exist') },
    ]);
    const [, second] = await bench.migrations.backfills();
    expect(second).toMatchObject({ tenant_id: 't002', state: 'done', mismatches: 1 });
    await bench.run(`update tenant_t002.text_bodies set length = null where text_id = 'x00042'`);
    expect(await bench.migrations.runBackfill(FILL, {})).toMatchObject([{ tenant_id: 't002', done: [FILL] }]);
  });
});

describe('a contract', () => {
  it('is done where the gates are open, and waits where they are closed', async () => {
    await seed();
    await bench.migrations.up();
    expect(waitingOf(await bench.migrations.contract({}))).toHaveLength(TENANTS);
    await longAgo(TENANTS - 1);
    const gates = await bench.migrations.gates();
    expect(gates.filter(({ gates: [contract] }) => contract?.ready)).toHaveLength(TENANTS - 1);
    expect(gates.at(-1)).toMatchObject({ tenant_id: 't020', gates: [{ id: CONTRACT, ready: false }] });

    await breakOne();
    const runs = await bench.migrations.contract({});
    expect(doneOf(runs, CONTRACT)).toHaveLength(TENANTS - 2);
    expect([failedOf(runs), waitingOf(runs)]).toEqual([[BROKEN], ['t020']]);
    await mendOne();
    const override = { actor: 'kim', reason: 'nobody texts t020' };
    const last = await bench.migrations.contract({ to: CONTRACT, override });
    expect(doneOf(last, CONTRACT)).toEqual([BROKEN, 't020']);
    expect(
      await bench.query(`select target from audit_log where action = 'override_contract' order by target`),
    ).toEqual([{ target: `tenant_${BROKEN}/${CONTRACT}` }, { target: `tenant_t020/${CONTRACT}` }]);
    expect(await bench.migrations.gates()).toEqual([]);
  });

  it('touches nobody else where the canary fails, or has to wait', async () => {
    await seed(3);
    await bench.migrations.up();
    await longAgo(2);
    const waited = await bench.migrations.contract({ canary: 't003' });
    expect([doneOf(waited, CONTRACT), waitingOf(waited)]).toEqual([[], ['t003']]);
    await longAgo(3);
    await bench.run('alter table tenant_t002.text_bodies rename to taken_away');
    const failed = await bench.migrations.contract({ canary: 't002' });
    expect([doneOf(failed, CONTRACT), failedOf(failed)]).toEqual([[], ['t002']]);
    await expect(bench.migrations.contract({ canary: 't9' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('waits for a daemon that knows older files of tenants, or does not say, whatever it knows of the shared ones', async () => {
    await seed(2);
    await bench.migrations.up();
    await longAgo(2);
    const waitsFor = async () => (await bench.migrations.gates()).map((tenant) => closedIn(tenant.gates));
    expect(await waitsFor()).toEqual([[], []]);
    for (const knows of [undefined, SWITCH]) {
      await beat(knows);
      expect(await waitsFor()).toEqual([['daemons'], ['daemons']]);
      expect(waitingOf(await bench.migrations.contract({}))).toEqual(['t001', 't002']);
    }
    await daemons({}).leave(DAEMON.instance_id);
    await beat(CONTRACT);
    expect(await waitsFor()).toEqual([[], []]);
  });

  it('waits for a daemon of a version whose register had no place for tenants, which comes with the next up', async () => {
    await seed(1);
    await bench.run('alter table daemons drop column knows_of_tenants');
    await beat(CONTRACT);
    expect(await daemons({}).list()).toMatchObject([{ knows_of_tenants: null }]);
    await bench.migrations.up();
    await longAgo(1);
    expect((await bench.migrations.gates()).map(({ gates }) => closedIn(gates))).toEqual([['daemons']]);
    await beat(CONTRACT);
    expect((await bench.migrations.gates()).map(({ gates }) => closedIn(gates))).toEqual([[]]);
  });
});

type Gates = Awaited<ReturnType<typeof bench.migrations.gates>>[number]['gates'];

function closedIn(contracts: Gates): string[] {
  return contracts.flatMap(({ gates }) =>
    gates.filter(({ satisfied }) => !satisfied).map(({ name }) => name),
  );
}

describe('down', () => {
  it('takes back in each, and begins the backfill anew when it is applied again', async () => {
    await seed(3);
    await bench.migrations.up();
    const wanted = { to: FIRST, yes_lose_data: true };
    expect(await bench.migrations.planDown(wanted)).toEqual([SWITCH, FILL, EXPAND]);
    const runs = await bench.migrations.down(wanted);
    expect(runs.map(({ done }) => done)).toEqual(Array(3).fill([SWITCH, FILL, EXPAND]));
    expect(await bench.migrations.down(wanted)).toEqual([]);
    await bench.migrations.up();
    expect(await fillings(3)).toEqual([{ times: 1, rows: 3 * TEXTS, filled: 3 * TEXTS }]);
  });

  it('changes nothing anywhere where one tenant would lose by it, or a daemon needs it', async () => {
    await seed(3);
    await bench.migrations.up();
    await bench.run(
      'update tenant_t001.text_bodies set length = null, times = 0; delete from tenant_t003.text_bodies',
    );
    await expect(bench.migrations.down({ to: FIRST })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /^In 2 of 3 tenants, t001 among them: Taking back 0002_length loses data/,
      ),
    });
    await beat(SWITCH);
    await expect(bench.migrations.down({ to: FIRST, yes_lose_data: true })).rejects.toMatchObject({
      message: expect.stringContaining('Somebody still needs what would go: d1'),
    });
    const statuses = await bench.migrations.status();
    expect(
      statuses.map(({ migrations }) => migrations.filter(({ state }) => state === 'applied').length),
    ).toEqual([4, 4, 4]);
  });

  it('goes on beside one that cannot be read', async () => {
    await seed(2);
    await bench.migrations.up();
    await bench.run(`update tenant_t001.schema_migrations set checksum = 'edited' where id = '${FIRST}'`);
    const runs = await bench.migrations.down({ to: FILL });
    expect([failedOf(runs), doneOf(runs, SWITCH)]).toEqual([['t001'], ['t002']]);
  });
});

describe('a new tenant', () => {
  const contractIn = async (tenant_id: string) => {
    const status = (await bench.migrations.status()).find((tenant) => tenant.tenant_id === tenant_id);
    return status?.migrations.at(-1);
  };

  async function moveIn(tenant_id: string): Promise<void> {
    const at = await bench.dialect.now();
    await bench.run(`insert into tenants (tenant_id, name, plan, profile, created_at, updated_at)
      values ('${tenant_id}', 'New', 'free', '{}', now() + interval '1 day', now())`);
    await bench.dialect.writer
      .transaction()
      .execute((trx) => makeTenantSchema(trx, tenant_id, at, bench.folder));
  }

  it('keeps the old shape while the others do, and can be contracted later', async () => {
    await seed(2);
    await bench.migrations.up();
    await moveIn('new1');
    expect(await contractIn('new1')).toMatchObject({ id: CONTRACT, state: 'pending' });
    await longAgo(2);
    await bench.inEachOf(['new1'], `update schema_migrations set applied_at = '2020-01-01T00:00:00.000Z'`);
    expect(doneOf(await bench.migrations.contract({}), CONTRACT)).toEqual(['new1', 't001', 't002']);
    await moveIn('new2');
    expect(await contractIn('new2')).toMatchObject({ id: CONTRACT, state: 'applied' });
  });

  it('has the new one alone where nobody else is there, unless a daemon runs that needs the old one', async () => {
    await bench.release(EXPAND, FILL, SWITCH, CONTRACT);
    await moveIn('new1');
    expect(await contractIn('new1')).toMatchObject({ state: 'applied' });
    await beat(SWITCH);
    await moveIn('new2');
    expect(await contractIn('new2')).toMatchObject({ state: 'pending' });
  });
});
