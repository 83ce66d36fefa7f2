import type { FlagSnapshot } from '@receptionist/core';
import { describe, expect, it, vi } from 'vitest';
import type { FlagCache } from './cache.ts';
import type { FlagNews } from './reader.ts';
import { openReader, snapshot } from './test-source.ts';

const BOOKING = 'allow_ai_booking';
const on = { enabled: true, reason: 'TARGETING_MATCH' };
const off = { enabled: false, reason: 'DEFAULT' };
const unknown = { enabled: false, reason: 'ERROR' };
const staleOn = { enabled: true, reason: 'STALE' };

function holding(kept: FlagSnapshot | null): FlagCache {
  return { get: async () => kept, keep() {}, ring() {}, listen() {}, close() {} };
}

describe('a reader of flags', () => {
  it('reads a tenant once, and answers from memory then', async () => {
    const { reader, reads } = openReader();
    expect(reader.evaluateNow('t1', BOOKING)).toBeNull();
    await Promise.all([reader.evaluate('t1', BOOKING), reader.evaluateAll('t1')]);
    expect(reader.evaluateNow('t1', BOOKING)).toMatchObject(off);
    expect(reads()).toBe(1);
  });

  it('finds a change by looking, and reads anew who was changed alone', async () => {
    const { reader, change, reads } = openReader();
    change('t2', []);
    await reader.look();
    await Promise.all([reader.evaluate('t1', BOOKING), reader.evaluate('t2', BOOKING)]);
    change('t2', [BOOKING]);
    expect(reader.evaluateNow('t2', BOOKING)).toMatchObject(off);
    await reader.look();
    expect(reader.evaluateNow('t1', BOOKING)).toMatchObject(off);
    expect(reader.evaluateNow('t2', BOOKING)).toBeNull();
    expect(await reader.evaluate('t2', BOOKING)).toMatchObject(on);
    expect(reads()).toBe(3);
  });

  it('sees at once what was changed here, whatever was being read before', async () => {
    const { reader, change, hang, reads } = openReader();
    await reader.look();
    const goOn = hang();
    const before = reader.evaluate('t1', BOOKING);
    await vi.waitFor(() => expect(reads()).toBe(1), { interval: 1 });
    change('t1', [BOOKING]);
    reader.changed();
    const after = reader.evaluate('t1', BOOKING);
    goOn();
    expect(await before).toMatchObject(off);
    expect(await after).toMatchObject(on);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(on);
  });

  it('never lets an older version overwrite a newer one', async () => {
    const { reader, change } = openReader({ cache: holding(snapshot('t1', 1)) });
    await reader.look();
    change('t1', [BOOKING]);
    reader.changed();
    await reader.look();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(on);
    expect(reader.versionOf('t1')).toBe(2);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(on);
  });

  it('keeps no failure: the next one to ask is answered', async () => {
    const { reader, breakDown, repair, change } = openReader();
    change('t1', [BOOKING]);
    breakDown();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(unknown);
    repair();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(on);
  });

  it('waits for 50 ms at most', async () => {
    const { reader, hang, reads } = openReader();
    hang();
    const begun = performance.now();
    const answers = await Promise.all([
      reader.evaluate('t1', BOOKING),
      reader.evaluate('t1', 'require_human_review'),
    ]);
    // What hangs here hangs for ever: the rest is what a busy machine takes to notice.
    expect(performance.now() - begun).toBeLessThan(500);
    expect(answers).toMatchObject([unknown, { enabled: true, reason: 'ERROR' }]);
    expect(reads()).toBe(1);
  });

  it('believes nothing for over 30 s that no look confirmed, and what is not safe for five minutes', async () => {
    const { reader, change, breakDown, repair, advance } = openReader();
    change('t1', [BOOKING, 'require_human_review']);
    await reader.evaluate('t1', BOOKING);
    advance(29);
    await reader.look();
    advance(30);
    expect(reader.evaluateNow('t1', BOOKING)).toMatchObject(on);
    breakDown();
    await reader.look();
    advance(1);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(staleOn);
    advance(5 * 60 - 31);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(staleOn);
    advance(1);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(unknown);
    advance(24 * 3_600);
    expect(await reader.evaluate('t1', 'require_human_review')).toMatchObject(staleOn);
    repair();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(on);
  });

  it('counts from when it learned of a change that it cannot read', async () => {
    const { reader, change, breakDown, advance } = openReader();
    change('t1', [BOOKING]);
    await reader.evaluate('t1', BOOKING);
    for (let minute = 0; minute < 60; minute++) {
      advance(20);
      await reader.look();
    }
    change('t1', []);
    await reader.look();
    breakDown();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(staleOn);
    advance(5 * 60 + 1);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(unknown);
  });

  it('forgets everything where the database is an older one', async () => {
    const { reader, change, restore, log } = openReader();
    change('t1', [BOOKING]);
    await reader.look();
    await reader.evaluate('t1', BOOKING);
    restore();
    await reader.look();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(off);
    expect(log).toEqual([expect.stringContaining('older')]);
  });

  it('has the safe values for a tenant that is not there, and sees it once it is', async () => {
    const { reader, change } = openReader();
    expect(await reader.evaluate('t9', BOOKING)).toMatchObject(unknown);
    change('t9', [BOOKING]);
    expect(await reader.evaluate('t9', BOOKING)).toMatchObject(on);
  });

  it('says when it cannot be believed, and when it can again', async () => {
    const { reader, change, breakDown, repair, advance, log } = openReader();
    const news: FlagNews[] = [];
    reader.watch((one) => news.push(one));
    await reader.look();
    change('t1', []);
    await reader.look();
    breakDown();
    await reader.look();
    for (const seconds of [31, 300]) {
      advance(seconds);
      await reader.look();
    }
    repair();
    await reader.look();
    expect(news).toEqual(['ready', 'changed', 'stale', 'error', 'ready']);
    expect(log).toHaveLength(3);
  });
});

describe('a cache', () => {
  it('is believed where a look has confirmed it, and the database is not asked', async () => {
    const { reader, reads } = openReader({ cache: holding(snapshot('t1', 1, [BOOKING])) });
    await reader.look();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(on);
    expect(reads()).toBe(0);
  });

  it.each([
    ['nothing was looked at yet', 1, async () => {}],
    ['it is newer than the last look', 2, async (look: () => Promise<void>) => look()],
  ])('is not where %s', async (_why, version, prepare) => {
    const { reader } = openReader({ cache: holding(snapshot('t1', version, [BOOKING])) });
    await prepare(reader.look);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(off);
  });

  it('is not where the tenant was changed since', async () => {
    const { reader, change } = openReader({ cache: holding(snapshot('t1', 1, [BOOKING])) });
    await reader.look();
    change('t1', []);
    await reader.look();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(off);
  });

  it('is the last that is known while the database is gone', async () => {
    const { reader, breakDown, advance } = openReader({ cache: holding(snapshot('t1', 1, [BOOKING])) });
    await reader.look();
    breakDown();
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(on);
    advance(31);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(staleOn);
    advance(300);
    expect(await reader.evaluate('t1', BOOKING)).toMatchObject(unknown);
  });
});
