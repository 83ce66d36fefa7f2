/** Many callers at once, in as little time as the same rates allow: `test/faults/run --storm` takes the full minute. */
import { expect, test } from 'vitest';
import { makeDatabase } from '../harness/database.ts';
import { brokenPromises, FLOOD, ONLY_CRITICAL, playStorm, type Storm } from './storm.ts';

/** Postgres is the same to a storm, and slower to fill beside other tests. */
const SHARE = process.env.TEST_DATABASE === 'postgres' ? 1 / 8 : 1 / 4;

function shortened({ entries, critical, seconds }: Storm): Storm {
  const part = (whole: number) => Math.ceil(whole * SHARE);
  return { entries: part(entries), critical: part(critical), seconds: part(seconds) };
}

test('500 callers in a minute, Slack takes a message a second: no critical alert waits, and nobody is lost', async () => {
  const outcome = await playStorm(shortened(FLOOD), await makeDatabase());
  console.log(JSON.stringify(outcome.figures));
  expect(brokenPromises(outcome)).toEqual([]);
}, 120_000);

test('all of them critical: one mention says it, with the list, and PagerDuty is told', async () => {
  const outcome = await playStorm(shortened(ONLY_CRITICAL), await makeDatabase());
  console.log(JSON.stringify(outcome.figures));
  expect(brokenPromises(outcome)).toEqual([]);
}, 120_000);
