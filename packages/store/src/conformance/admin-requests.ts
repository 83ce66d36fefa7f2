import { expect, it } from 'vitest';
import type { AuditFilter, AuditRow } from '../store.ts';
import { at, FIRST_PAGE } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

function anAuditRow(changes: Partial<AuditRow> = {}): AuditRow {
  return {
    at: at(0),
    actor: 'lex',
    action: 'plan.set',
    target: 'tenant:t1',
    request_id: 'req-1',
    address: '127.0.0.1',
    before: { plan: 'free' },
    after: { plan: 'core' },
    ...changes,
  };
}

export function adminRequestsConform(fresh: Fresh): void {
  it('accepts a token once, until it has expired anyway', async () => {
    const use = () => fresh().transact((tx) => tx.useTokenOnce('jti-1', at(60)));
    await use();
    await expect(use()).rejects.toMatchObject({ code: 'unauthorized' });
    await fresh().transact((tx) => tx.forgetExpired(at(59)));
    await expect(use()).rejects.toMatchObject({ code: 'unauthorized' });
    await fresh().transact((tx) => tx.forgetExpired(at(60)));
    await use();
  });

  it('keeps an answer for its actor and key until it expires', async () => {
    const answer = { request_hash: 'abc', status: 201, body: { tenant_id: 't1', list: [1, null] } };
    const find = (actor: string, key: string, seconds: number) =>
      fresh().transact((tx) => tx.findAnswer(actor, key, at(seconds)));
    const keep = () =>
      fresh().transact(async (tx) => {
        expect(await tx.findAnswer('lex', 'key', at(0))).toBeNull();
        await tx.keepAnswer('lex', 'key', { ...answer, expires_at: at(60) });
      });
    await keep();
    expect(await find('lex', 'key', 59)).toEqual(answer);
    expect(await find('kim', 'key', 59)).toBeNull();
    expect(await find('lex', 'other', 59)).toBeNull();
    expect(await find('lex', 'key', 60)).toBeNull();
    await keep();
    await fresh().transact((tx) => tx.forgetExpired(at(60)));
    expect(await find('lex', 'key', 0)).toBeNull();
  });

  it('lists the audit newest first, filtered and page by page', async () => {
    const rows = [
      anAuditRow(),
      anAuditRow({ at: at(1), actor: 'kim', address: null, before: null }),
      anAuditRow({ at: at(2), action: 'flag.set', after: undefined }),
      anAuditRow({ at: at(3), target: 'tenant:t2' }),
    ];
    await fresh().transact(async (tx) => {
      for (const row of rows) await tx.recordAudit(row);
    });
    const times = async (filter: AuditFilter) =>
      (await fresh().read.listAudit(filter, FIRST_PAGE)).items.map((row) => row.at);
    expect(await times({})).toEqual([at(3), at(2), at(1), at(0)]);
    expect(await times({ actor: 'kim' })).toEqual([at(1)]);
    expect(await times({ action: 'flag.set' })).toEqual([at(2)]);
    expect(await times({ target: 'tenant:t1', since: at(1) })).toEqual([at(2), at(1)]);
    const first = await fresh().read.listAudit({}, { limit: 3, cursor: null });
    const second = await fresh().read.listAudit({}, { limit: 3, cursor: first.next_cursor });
    expect(first.items[1]).toEqual({ ...rows[2], after: null });
    expect(first.items[2]).toEqual(rows[1]);
    expect(second).toEqual({ items: [rows[0]], next_cursor: null });
  });
}
