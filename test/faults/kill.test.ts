/** SIGKILL right after an escalating turn was answered: whatever the process had not done yet, the rows still know. */
import type { Failure } from '@receptionist/simulator/servers';
import { expect, test } from 'vitest';
import { brokenPromises, playKillRound } from './kill-round.ts';

const AT_THAT_MOMENT: [string, Failure | null][] = [
  ['is well', null],
  ['answers 500', { mode: 'http_500', untilCleared: true }],
  ['hangs', { mode: 'hang', untilCleared: true }],
];

test.each(AT_THAT_MOMENT)(
  'Slack %s, the daemon is killed: one entry, and the alert arrives',
  async (_, slack) => {
    expect(brokenPromises(await playKillRound({ slack, afterMs: 0 }))).toEqual([]);
  },
);
