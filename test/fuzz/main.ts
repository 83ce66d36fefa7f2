/** `test/fuzz/run [--requests N] [--seed N]`: floods the shipped daemon, and says what it found and how the memory went. */
import { parseArgs } from 'node:util';
import { type Memory, memoryOf, WITH_MEMORY_PROBE } from '../harness/memory.ts';
import { openPremises, type Running } from '../harness/premises.ts';
import { openWire } from '../harness/wire.ts';
import { type Fuzzed, fuzz } from './fuzz.ts';
import { seedIds } from './seed.ts';

/** Of what is in use, from the first third of the requests, which fills caches, to the end. */
const MOST_GROWTH = 1.1;
const MOST_SHOWN = 20;
/** Twilio never sends ids like these, so that they are errors in the log, and an apology to whoever is there. */
const EXPECTED = /neither CallSid nor MessageSid|MessageSid is empty|The conversation .* has begun already/;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const requests = Number(values.requests);
const seed = Number(values.seed);
if (!Number.isInteger(requests) || requests < 1 || !Number.isInteger(seed)) {
  console.error('usage: test/fuzz/run [--requests N] [--seed N]');
  process.exit(2);
}

const premises = await openPremises();
try {
  await flood(await premises.start(WITH_MEMORY_PROBE));
} finally {
  await premises.close();
}

async function flood(daemon: Running): Promise<void> {
  const wire = openWire(daemon.url);
  const ids = await seedIds(daemon.admin, daemon.ring);
  const memory: Memory[] = [];
  const started = performance.now();
  const fuzzed = await fuzz({
    target: { url: daemon.url, wire, now: () => new Date() },
    ids,
    seed,
    requests,
    onProgress: async (done) => {
      process.stderr.write(`\r${done} of ${requests}`);
      if (done * 3 >= (memory.length + 1) * requests) memory.push(await memoryOf(daemon));
    },
  });
  process.stderr.write('\n');
  wire.close();
  const errors = daemon.log.filter((line) => /"level":"(error|fatal)"/.test(line) && !EXPECTED.test(line));
  report(fuzzed, { seconds: (performance.now() - started) / 1_000, memory, errors });
}

function report(
  { answers, slowestMs, findings }: Fuzzed,
  { seconds, memory, errors }: { seconds: number; memory: Memory[]; errors: string[] },
): void {
  console.log(
    `seed ${seed}: ${requests} requests in ${seconds.toFixed(0)} s, the slowest ${slowestMs.toFixed(0)} ms`,
  );
  const counted = Object.entries(answers).map(([status, count]) => `${count} × ${status}`);
  console.log(`answers: ${counted.join(', ')}`);
  const thirds = memory.map(({ live, rss }) => `${live.toFixed(1)} (${rss.toFixed(0)})`);
  console.log(`MB in use (and resident) after each third: ${thirds.join(', ')}`);
  const all = [
    ...findings,
    ...errors.map((line) => `an error in the log: ${line}`),
    ...(grows(memory) ? ['the memory grows'] : []),
  ];
  for (const finding of all.slice(0, MOST_SHOWN)) console.log(`  ${finding}`);
  console.log(`${all.length} findings`);
  process.exitCode = all.length === 0 ? 0 : 1;
}

function grows(memory: readonly Memory[]): boolean {
  return (memory.at(-1)?.live ?? 0) > (memory[0]?.live ?? 0) * MOST_GROWTH;
}
