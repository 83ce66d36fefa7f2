/** An operator keeps the schemas of tenants up to date, of which one is broken. */
import path from 'node:path';
import { ROUTES } from '@receptionist/admin-api';
import { runOn } from '@receptionist/store/test-databases';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../harness/daemon.ts';
import { openPremises } from '../harness/premises.ts';
import { northside } from '../harness/tenants.ts';

/** Six programs are started one after the other. */
const TIMEOUT_MS = 60_000;

function runMigrate(words: string[], settings: Record<string, string>) {
  const program = path.join(ROOT, 'bin/receptionistd');
  return execa(program, ['migrate', ...words], { env: settings, reject: false });
}

test(
  'the others are migrated, the broken one is reported, and the next run touches only that',
  async () => {
    const { start, close, databaseUrl } = await openPremises();
    onTestFinished(close);
    const { admin, url } = await start({ TENANCY: 'schema' });
    for (const tenant_id of ['t1', 't2', 't3'])
      await admin.call(ROUTES.createTenant, { body: northside({ tenant_id, numbers: [] }) });
    const migrate = async (...words: string[]) => {
      const settings = { DATABASE_URL: databaseUrl, TENANCY: 'schema' };
      const { exitCode, stdout } = await runMigrate([...words, '--json'], settings);
      return { exitCode, ...JSON.parse(stdout) };
    };
    await runOn(databaseUrl, 'drop schema tenant_t1 cascade; delete from tenant_t2.schema_migrations');
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      parts: {
        migrations: 'ok',
        tenant_migrations: '2 of 3 tenants are behind, t1 among them; run receptionistd migrate up',
      },
    });

    const run = await migrate('up');
    expect(run.exitCode).toBe(1);
    expect(run.tenants).toEqual([
      { tenant_id: 't1', scope: 'tenant_t1', done: ['0001_words'], failed: null, not_run: [], waiting: [] },
      expect.objectContaining({
        ...{ tenant_id: 't2', scope: 'tenant_t2', done: [] },
        failed: expect.objectContaining({ message: expect.stringContaining('holds other tables') }),
      }),
    ]);
    expect(await migrate('status', '--exit-code')).toMatchObject({ exitCode: 7 });

    await runOn(databaseUrl, 'drop schema tenant_t2 cascade');
    const rerun = await migrate('up');
    expect(rerun).toMatchObject({ exitCode: 0, tenants: [{ tenant_id: 't2', done: ['0001_words'] }] });
    const status = await migrate('status', '--exit-code');
    expect(status.exitCode).toBe(0);
    const scopes = status.tenants.map(({ scope }: { scope: string }) => scope);
    expect(scopes).toEqual(['tenant_t1', 'tenant_t2', 'tenant_t3']);
  },
  TIMEOUT_MS,
);

test('what keeps words in the other way does not start, and says what to set', async () => {
  const { start, close, databaseUrl } = await openPremises();
  onTestFinished(close);
  const { admin } = await start({ TENANCY: 'schema' });
  await admin.call(ROUTES.createTenant, { body: northside() });
  await expect(start({ TENANCY: 'shared' })).rejects.toThrow(/tenant_t1.*Set TENANCY=schema/);
  const { exitCode, stderr } = await runMigrate(['up'], { DATABASE_URL: databaseUrl });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 6,
    stderr: expect.stringContaining('Set TENANCY=schema'),
  });
});
