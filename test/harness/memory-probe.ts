/** Loaded into a process of ours by NODE_OPTIONS: at SIGUSR2 it collects its garbage and says what is left. */
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  const rss = process.memoryUsage.rss();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  writeSync(2, `${JSON.stringify({ memory: { rss, live: heapUsed + external } })}\n`);
});
