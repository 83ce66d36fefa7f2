/** `bin/bench [NAME…] [--json]`. Ends with 1 where a promised limit is exceeded. */
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Figures } from './bench.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const benches = await loadBenches();
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
for (const bench of benches) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  await measure(bench).catch((error: unknown) => {
    console.error(`${bench.name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
}

async function measure({ name, describe, run, limits = {} }: Bench): Promise<void> {
  (values.json ? console.error : console.log)(`${name}: ${describe}`);
  const figures = await run();
  console.log(
    values.json ? JSON.stringify({ bench: name, figures: rounded(figures) }) : table(figures, limits),
  );
  for (const [figure, limit] of Object.entries(limits)) {
    const value = figures[figure] ?? Number.NaN;
    if (value <= limit) continue;
    console.error(`${name}: ${figure} is ${value.toFixed(2)}, at most ${limit} was promised`);
    process.exitCode = 1;
  }
}

/** Every file beside this one that exports a bench. */
async function loadBenches(): Promise<Bench[]> {
  const files = globSync('*.ts', { cwd: import.meta.dirname, exclude: ['main.ts', 'bench.ts'] }).sort();
  return Promise.all(files.map((file): Promise<Bench> => import(path.join(import.meta.dirname, file))));
}

function rounded(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toFixed(3))]));
}

function table(figures: Figures, limits: Figures): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const rows = Object.entries(figures).map(([name, value]) => {
    const limit = limits[name] === undefined ? '' : `  (at most ${limits[name]})`;
    return `  ${name.padEnd(width)}  ${value.toFixed(name.endsWith('_ms') ? 1 : 2).padStart(8)}${limit}`;
  });
  return rows.join('\n');
}
