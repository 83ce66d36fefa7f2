/** The least that an oclif program can be: what adminctl's start is compared with. */
import { run } from '@oclif/core';

await run(process.argv.slice(2), import.meta.url);
