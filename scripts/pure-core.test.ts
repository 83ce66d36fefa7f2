import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';

const biome = path.resolve(import.meta.dirname, '../node_modules/@biomejs/biome/bin/biome');
const plugin = path.join(import.meta.dirname, 'pure-core.grit');

const impure = [
  'export const a = Date.now();',
  'export const clock = Date.now;',
  'export const b = new Date();',
  'export const c = Date();',
  'export const d = Math.random();',
  "export const e = globalThis['Date'];",
  "export const f = new Intl.DateTimeFormat('en').format();",
  "export const g = new Intl.DateTimeFormat('en').formatToParts();",
  'export const h = new Date(2026, 11, 24);',
  'export const i = (at: Date) => at.getHours();',
];
const pure = [
  'export const j = (now: string) => new Date(now);',
  'export const k = (now: Date) => now.getUTCHours();',
  "export const l = (now: Date) => new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format(now);",
  'export const m = Date.UTC(2026, 11, 24);',
];

/** Lines that the plugin objects to. */
function linesRefused(code: readonly string[]): number[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'pure-core-'));
  try {
    writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ root: true, plugins: [plugin] }));
    writeFileSync(path.join(folder, 'code.ts'), `${code.join('\n')}\n`);
    const options = ['lint', '--reporter=github', '--max-diagnostics=none', '.'];
    const env = { ...process.env, XDG_CACHE_HOME: folder };
    const { stdout } = spawnSync(process.execPath, [biome, ...options], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return [...stdout.matchAll(/title=plugin.*?,line=(\d+)/g)].map((match) => Number(match[1]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('refuses every clock, chance and time zone of the machine in core, and nothing else', () => {
  expect(linesRefused([...pure, ...impure])).toEqual(impure.map((_, i) => pure.length + i + 1));
});
