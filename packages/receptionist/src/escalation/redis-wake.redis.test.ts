import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../observability/log.ts';
import { connectRedisWake, type RedisWake } from './redis-wake.ts';

let socket: string;
let server: ChildProcess;
let logged: string[];
let wakes: RedisWake[];

beforeEach(async () => {
  socket = path.join(mkdtempSync(path.join(tmpdir(), 'redis-wake-')), 'redis.sock');
  logged = [];
  wakes = [];
  await startRedis();
});

afterEach(async () => {
  server.kill('SIGCONT');
  await Promise.all(wakes.map((wake) => wake.close()));
  await stopRedis();
});

async function startRedis(): Promise<void> {
  server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no']);
  for await (const line of createInterface(server.stdout as NodeJS.ReadableStream)) {
    if (line.includes('eady to accept connections')) break;
  }
  server.stdout?.resume();
}

async function stopRedis(): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

function connect(): RedisWake {
  const log = createLog({ level: 'warn', secrets: [], write: (line) => logged.push(JSON.parse(line).msg) });
  const wake = connectRedisWake({ url: socket, log });
  wakes.push(wake);
  return wake;
}

/** One daemon that rings and one that hears, which Redis rings each second. */
async function connectBoth() {
  const heard = vi.fn();
  const web = connect();
  const worker = connect();
  worker.listen(heard);
  await vi.waitFor(() => expect(worker.isRinging()).toBe(true), { timeout: 5_000, interval: 20 });
  return { web, worker, heard };
}

/** Sooner than sweeps could. Who rings connects anew at a time of its own, and what it rings before that is lost. */
async function expectRing({ web, heard }: { web: RedisWake; heard: ReturnType<typeof vi.fn> }) {
  heard.mockClear();
  const begun = performance.now();
  await vi.waitFor(
    () => {
      web.ring('entry', 'fb_1');
      expect(heard.mock.calls.length).toBeGreaterThanOrEqual(5);
    },
    { timeout: 3_500, interval: 20 },
  );
  return performance.now() - begun;
}

const rings = (worker: RedisWake) =>
  vi.waitFor(() => expect(worker.isRinging()).toBe(true), { timeout: 10_000, interval: 20 });
const falls = (worker: RedisWake) =>
  vi.waitFor(() => expect(worker.isRinging()).toBe(false), { timeout: 10_000, interval: 20 });

describe('rings through Redis', () => {
  it('reach another daemon at once, and leave nothing behind', async () => {
    const both = await connectBoth();
    expect(await expectRing(both)).toBeLessThan(500);
    const redis = new Redis(socket);
    const keys = await redis.keys('*');
    const left = await redis.zcard('receptionist:wake:completed');
    redis.disconnect();
    expect(keys.every((key) => key.startsWith('receptionist:wake:'))).toBe(true);
    expect(left).toBe(0);
    expect(logged).toEqual([]);
  });

  it('are ordered anew where Redis was emptied', async () => {
    const both = await connectBoth();
    const redis = new Redis(socket);
    await redis.flushall();
    redis.disconnect();
    await expectRing(both);
    await falls(both.worker);
    await rings(both.worker);
  });

  it('go on by themselves where Redis was stopped, which is said once', async () => {
    const both = await connectBoth();
    await stopRedis();
    await falls(both.worker);
    for (let count = 0; count < 1_000; count++) both.web.ring('event', 'ev_1');
    await startRedis();
    await rings(both.worker);
    await expectRing(both);
    expect(logged.length, logged.join('\n')).toBe(2);
  });

  it('hold up nobody where Redis hangs', async () => {
    const both = await connectBoth();
    server.kill('SIGSTOP');
    const begun = performance.now();
    for (let count = 0; count < 1_000; count++) both.web.ring('event', 'ev_1');
    expect(performance.now() - begun).toBeLessThan(2_000);
    await falls(both.worker);
    server.kill('SIGCONT');
    await rings(both.worker);
    await expectRing(both);
  });

  it('wait for a Redis that is not there yet', async () => {
    await stopRedis();
    const heard = vi.fn();
    const wake = connect();
    wake.listen(heard);
    wake.ring('event', 'ev_1');
    await startRedis();
    await rings(wake);
    await expectRing({ web: wake, heard });
  });

  it('end also where Redis hangs', async () => {
    const { worker } = await connectBoth();
    server.kill('SIGSTOP');
    const begun = performance.now();
    await worker.close();
    worker.ring('event', 'ev_1');
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
