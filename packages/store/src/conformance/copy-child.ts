/** A process of its own for the test of copies: dies in the middle of one, at a step of the table that it is told. */

import { copyDatabase } from '../migrations/copy.ts';
import { openDialect } from '../open.ts';

const [file = '', url = '', step = '', table = ''] = process.argv.slice(2);
await copyDatabase({
  file,
  target: await openDialect({ url }),
  onProgress(progress) {
    if (progress.step === step && progress.table === table) process.kill(process.pid, 'SIGKILL');
  },
});
