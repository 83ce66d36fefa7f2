/** `test/faults/run [--rounds N]`: kills the daemon at another moment in each round, and says which promise did not hold. */
import { parseArgs } from 'node:util';
import type { FailureMode } from '@receptionist/simulator/servers';
import { brokenPromises, type KillRound, playKillRound } from './kill-round.ts';

/** An alert has long left by then. */
const LONGEST_AFTER_MS = 60;

const MOODS: (FailureMode | null)[] = [null, 'http_500', 'hang', null, 'hang_but_accept', 'refuse', 'html'];

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`--rounds ${values.rounds}: give a number of rounds, for example --rounds 100`);
  process.exit(2);
}
let broken = 0;
for (let number = 0; number < rounds; number++) {
  const round = roundAt(number, rounds);
  const wrong = brokenPromises(await playKillRound(round));
  if (wrong.length > 0) broken++;
  const told = `killed after ${round.afterMs} ms, Slack ${round.slack?.mode ?? 'well'}`;
  console.log(`round ${number + 1}/${rounds}: ${told}: ${wrong.join('; ') || 'kept'}`);
}
console.log(`${rounds - broken} of ${rounds} rounds kept their promises`);
process.exitCode = broken === 0 ? 0 : 1;

function roundAt(number: number, of: number): KillRound {
  const mode = MOODS[number % MOODS.length] ?? null;
  return {
    slack: mode && { mode, untilCleared: true },
    afterMs: Math.round((number / of) * LONGEST_AFTER_MS),
  };
}
