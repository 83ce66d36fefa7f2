import { run } from './cli.ts';

const code = await run(process.argv.slice(2), { environment: process.env, directory: process.cwd() });
if (code !== null) process.exitCode = code;
