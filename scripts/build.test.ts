import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, ship } from './build.ts';

const source = path.resolve(import.meta.dirname, '../test/bench/minimal');
let dist: string;

beforeAll(async () => {
  // Outside of the checkout, where nothing of the workspace can be resolved.
  dist = await mkdtemp(path.join(tmpdir(), 'shipped-'));
  await ship(source, dist, commandLine(source, 'minimal'));
});
afterAll(() => rm(dist, { recursive: true }));

async function minimal(...args: string[]): Promise<string> {
  const program = path.join(dist, 'bin/minimal.js');
  return (await promisify(execFile)(process.execPath, [program, ...args])).stdout;
}

it('ships a program that runs by itself', async () => {
  expect(await minimal('hello')).toBe('hello\n');
});

it('knows each command by the place of its file, and its description without loading it', async () => {
  await rm(path.join(dist, 'bin/commands.js'));
  expect(await minimal('--help')).toMatch(/hello +Say hello/);
  await ship(source, dist, commandLine(source, 'minimal'));
});

it('ends well when its reader goes away early', async () => {
  const child = spawn(process.execPath, [path.join(dist, 'bin/minimal.js'), 'hello'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('bundles again over a bundle that is there', async () => {
  await ship(source, dist, commandLine(source, 'minimal'));
  expect(await minimal('hello')).toBe('hello\n');
});
