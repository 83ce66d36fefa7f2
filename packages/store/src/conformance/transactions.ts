import { expect, it } from 'vitest';
import { aTenant, at, FIRST_PAGE, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

export function transactionsConform(fresh: Fresh): void {
  it('leaves nothing behind when the work fails, and goes on afterwards', async () => {
    const failing = fresh().transact(async (tx) => {
      await tx.createTenant(aTenant(), at(0));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await fresh().read.getTenant('t1')).toBeNull();
    await seedTenant(fresh());
    expect(await fresh().read.getTenant('t1')).toEqual(aTenant());
  });

  it('shows a transaction its own writes, and others only what is committed', async () => {
    const written = Promise.withResolvers<void>();
    const looked = Promise.withResolvers<void>();
    const writing = fresh().transact(async (tx) => {
      await tx.createTenant(aTenant(), at(0));
      const own = await tx.getTenant('t1');
      written.resolve();
      await looked.promise;
      return own;
    });
    await written.promise;
    expect(await fresh().read.getTenant('t1')).toBeNull();
    looked.resolve();
    expect(await writing).toEqual(aTenant());
    expect(await fresh().read.getTenant('t1')).toEqual(aTenant());
  });

  it('refuses the store itself inside a transaction, where it would lie or wait for ever', async () => {
    const { read, transact } = fresh();
    await expect(transact(() => read.getTenant('t1'))).rejects.toThrow(
      'store.read was used inside store.transact',
    );
    await expect(transact(() => transact(async () => 1))).rejects.toThrow('store.transact was used inside');
  });

  it('can be asked whether it writes, and shows nothing of it', async () => {
    await fresh().checkWritable();
    expect(await fresh().read.listTenants(FIRST_PAGE)).toEqual({ items: [], next_cursor: null });
  });

  it('lets what a transaction started read once it has ended', async () => {
    const committed = Promise.withResolvers<void>();
    const { started } = await fresh().transact(async () => ({
      started: committed.promise.then(() => fresh().read.getTenant('t1')),
    }));
    committed.resolve();
    expect(await started).toBeNull();
  });

  it.each([
    ['quotes and SQL', `Robert'); DROP TABLE tenants;-- "x" \\ %_`],
    ['emoji and other scripts', '👩‍⚕️ 你好 שלום Ünïcödé'],
    ['control characters', 'a\u0001\u0007\u001b[31m\r\n\tb'],
    ['a megabyte', 'ä'.repeat(1_000_000)],
    ['what looks like an escape', '\\u0000 \\\\u0000 \\ud800 \\n'],
  ])('keeps %s as they came', async (_, text) => {
    const tenant = await seedTenant(fresh(), { name: text, facts: { [text]: text } });
    expect(await fresh().read.getTenant('t1')).toEqual(tenant);
  });

  it('replaces what no database keeps: NUL and half surrogates', async () => {
    await seedTenant(fresh(), { name: 'a\0b\ud800c', greeting: 'a\0b\ud800c', facts: { 'k\0': '\udfff' } });
    const kept = await fresh().read.getTenant('t1');
    expect(kept?.name).toBe('a\uFFFDb\uFFFDc');
    expect(kept?.greeting).toBe('a\uFFFDb\uFFFDc');
    expect(kept?.facts).toEqual({ 'k\uFFFD': '\uFFFD' });
  });

  it.each(['nonsense', '', 'W10', Buffer.from('["audit",3]').toString('base64url'), 'WyJ0ZW5hbnRzIiwzXQ'])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(fresh().read.listTenants({ ...FIRST_PAGE, cursor })).rejects.toMatchObject({
        code: 'invalid_parameter',
        errors: [{ path: 'cursor' }],
      });
    },
  );
}
