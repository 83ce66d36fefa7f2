/** A small flood of made-up requests; `test/fuzz/run` sends a large one to the shipped daemon. */
import { expect, onTestFinished, test } from 'vitest';
import { fuzz } from '../fuzz/fuzz.ts';
import { seedIds } from '../fuzz/seed.ts';
import { openFrontDesk } from '../harness/front-desk.ts';
import { openWire } from '../harness/wire.ts';

test('whatever is asked, nothing is a fault of ours, hangs, or cannot be played', async () => {
  const desk = await openFrontDesk({ tenants: [], slackToken: null });
  desk.expectErrors(/a (turn|text) could not be answered/);
  const wire = openWire(desk.url);
  onTestFinished(wire.close);
  const target = { url: desk.url, wire, now: desk.clock.now };
  const { findings, answers } = await fuzz({
    target,
    ids: await seedIds(desk.admin, desk.ring),
    seed: 20_261_122,
    requests: 800,
  });
  expect(findings).toEqual([]);
  expect(answers['200']).toBeGreaterThan(50);
  await desk.sentTexts();
});
