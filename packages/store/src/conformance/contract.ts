import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { createBackfills } from '../migrations/backfill.ts';
import { type ContractGates, createContractGates, type GatedFile } from '../migrations/contract.ts';
import { createDaemons, type DaemonIdentity, ensureDaemons } from '../migrations/daemons.ts';
import { claim, ensureLedger } from '../migrations/ledger.ts';
import { openDialect } from '../open.ts';
import type { TestDatabase } from '../test-databases.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-24T18:00:00.000Z');
const CONTRACT = '0004_old_goes';

const file = (id: string, phase: string, needs: string[], more: Partial<GatedFile> = {}): GatedFile => ({
  ...{ id, phase, needs, grace_ms: 0, backfill: null },
  ...more,
});
const FILES = [
  file('0001_new', 'expand', []),
  file('0002_fill', 'backfill', ['0001_new'], { backfill: {} }),
  file('0003_read_new', 'switch', ['0002_fill']),
  file(CONTRACT, 'contract', ['0003_read_new'], { grace_ms: 24 * HOUR_MS }),
];
const OLD: DaemonIdentity = { instance_id: 'old', role: 'all', version: '1.0.0', host: 'desk', pid: 41 };
const NEW: DaemonIdentity = { instance_id: 'new', role: 'web', version: '1.1.0', host: 'desk', pid: 42 };

/** What a contract migration waits for, each thing by itself. */
export function contractConforms(makeEmptyDatabase: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let dialect: Dialect;
  let at: number;
  const now = async () => new Date(at).toISOString();

  beforeEach(async () => {
    at = START;
    database = await makeEmptyDatabase();
    dialect = await openDialect({ ...database, applicationName: 'test' });
    await ensureLedger(dialect, dialect.writer);
    await ensureDaemons(dialect, dialect.writer);
  });
  afterEach(async () => {
    await dialect.close();
    await database.remove();
  });

  it('says of each gate what it found, what it needs and what to do', async () => {
    await beat(OLD, '0003_read_new');
    const { ready, gates } = await explain();
    expect(ready).toBe(false);
    expect(gates).toMatchObject([
      {
        name: 'needs',
        satisfied: false,
        found: 'not applied: 0001_new, 0002_fill, 0003_read_new',
        todo: 'Run receptionistd migrate up.',
      },
      {
        name: 'backfills',
        satisfied: false,
        found: '0002_fill has not run',
        todo: 'Run receptionistd migrate verify 0002_fill.',
      },
      { name: 'grace', satisfied: false, needed: '24 h 0 min since the last switch' },
      {
        name: 'daemons',
        satisfied: false,
        found: 'still needed by old (all, version 1.0.0, knows 0003_read_new, desk pid 41)',
        todo: `Replace it by a version that knows ${CONTRACT}.`,
      },
      { name: 'connections', satisfied: true },
    ]);
    expect(await gate()).toMatch(/not applied: 0001_new.*has not run.*still needed by old/);
  });

  it('is ready when everything is applied and verified, the grace is over and nobody needs the old shape', async () => {
    await applyAll();
    await verifyBackfill();
    await beat(OLD, '0003_read_new');
    expect(await waitsFor()).toEqual(['grace', 'daemons']);
    expect((await explain()).gates[2]).toMatchObject({ todo: 'Wait until 2026-11-25T18:00:00.000Z.' });
    at += 24 * HOUR_MS;
    await beat(OLD, '0003_read_new');
    expect(await waitsFor()).toEqual(['daemons']);
    await daemonsThatKnow(CONTRACT).leave('old');
    await beat(NEW, CONTRACT);
    expect(await explain()).toMatchObject({ ready: true });
    expect(await gate()).toBeNull();
  });

  it('says so where the switch is to come yet: a clock went wrong', async () => {
    await applyAll();
    at -= HOUR_MS;
    expect((await explain()).gates[2]).toMatchObject({
      satisfied: false,
      found: expect.stringContaining('is said to be at 2026-11-24T18:00:00.000Z, which has not come'),
    });
  });

  it('takes a daemon for gone that was not seen for a minute', async () => {
    await beat(OLD, '0003_read_new');
    at += 59_000;
    expect(await waitsFor()).toContain('daemons');
    at += 1_000;
    expect(await waitsFor()).not.toContain('daemons');
    expect(await daemonsThatKnow(CONTRACT).list()).toEqual([]);
  });

  it('waits for a backfill that is not right', async () => {
    await applyAll();
    await verifyBackfill({ mismatches: 3 });
    expect(await waitsFor()).toContain('backfills');
    expect((await explain()).gates[1]).toMatchObject({
      found: '0002_fill has 3 mismatches',
      todo: expect.stringContaining('receptionistd migrate backfill start 0002_fill'),
    });
  });

  it('does not ask of other phases', async () => {
    const gates = createContractGates({ dialect, files: FILES, now });
    expect(await gates.gate({ id: '0003_read_new', phase: 'switch' })).toBeNull();
    await expect(gates.explain('0003_read_new')).rejects.toMatchObject({ code: 'not_found' });
  });

  describe('the register of daemons', () => {
    it('has each once, with when it began and was seen last', async () => {
      await beat(NEW, CONTRACT);
      at += 10_000;
      await beat(NEW, CONTRACT);
      expect(await daemonsThatKnow('').list()).toEqual([
        {
          ...NEW,
          knows: CONTRACT,
          knows_of_tenants: null,
          started_at: '2026-11-24T18:00:00.000Z',
          seen_at: '2026-11-24T18:00:10.000Z',
        },
      ]);
      expect(await daemonsThatKnow('').newerThan('0003_read_new')).toEqual([
        expect.stringMatching(/^new \(web/),
      ]);
      expect(await daemonsThatKnow('').newerThan(CONTRACT)).toEqual([]);
    });
  });

  it('knows connections of a daemon that has not registered', async () => {
    at = Date.now();
    await applyAll();
    for (const applicationName of ['receptionistd', 'receptionistd/new', 'receptionistd migrate']) {
      const other = await openDialect({ ...database, applicationName });
      await other.now();
      const onPostgres = dialect.name === 'postgres' && applicationName !== 'receptionistd migrate';
      expect([applicationName, (await waitsFor()).includes('connections')]).toEqual([
        applicationName,
        onPostgres,
      ]);
      if (applicationName === 'receptionistd/new') await beat(NEW, CONTRACT);
      await untilClosed(other);
    }
  });

  it('takes a connection for a pooler’s that keeps the name of a daemon, and does nothing for a minute', async () => {
    at = Date.now();
    await applyAll();
    const other = await openDialect({ ...database, applicationName: 'receptionistd/left' });
    await other.now();
    expect((await waitsFor()).includes('connections')).toBe(dialect.name === 'postgres');
    at += 61_000;
    expect(await waitsFor()).not.toContain('connections');
    await other.close();
  });

  /** Postgres takes a moment to notice. */
  async function untilClosed(other: Dialect): Promise<void> {
    await other.close();
    await expect.poll(() => waitsFor()).not.toContain('connections');
  }

  function daemonsThatKnow(id: string) {
    return createDaemons({ dialect, now, knows: async () => id });
  }

  async function beat(daemon: DaemonIdentity, knows: string): Promise<void> {
    await daemonsThatKnow(knows).beat(daemon);
  }

  async function applyAll(): Promise<void> {
    for (const { id, phase } of FILES.slice(0, -1)) {
      await claim(dialect.writer, { id, phase, checksum: 'x' } as never, {
        state: 'done',
        applied_at: await now(),
        dialect: dialect.name,
      });
    }
  }

  async function verifyBackfill({ mismatches = 0 } = {}): Promise<void> {
    const backfills = createBackfills({ dialect, now });
    const filled = {
      id: '0002_fill',
      backfill: { table: 'schema_migrations', key: ['id'], batch: 10 },
      script: 'update schema_migrations set duration_ms = 1 where id > :after and id <= :upto',
      verify: `select ${mismatches} as mismatches`,
    };
    await backfills.fill(filled);
    await backfills.verify(filled);
  }

  function explain(): Promise<ContractGates> {
    return createContractGates({ dialect, files: FILES, now }).explain(CONTRACT);
  }

  /** The gates that are not satisfied. */
  async function waitsFor(): Promise<string[]> {
    return (await explain()).gates.filter(({ satisfied }) => !satisfied).map(({ name }) => name);
  }

  function gate(): Promise<string | null> {
    return createContractGates({ dialect, files: FILES, now }).gate({ id: CONTRACT, phase: 'contract' });
  }
}
