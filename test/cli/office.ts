/** The shipped programs as processes: a daemon on a database of its own, and `bin/adminctl` beside it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type AdminClient, createAdminClient, ROUTES } from '@receptionist/admin-api';
import { execa } from 'execa';
import { vi } from 'vitest';
import { northside } from '../harness/tenants.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const ADMINCTL = path.join(ROOT, 'bin/adminctl');
const AUTH_TOKEN = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';

export const KEY = 'a-key-for-processes-0123456789-abcdefghij';

export interface Ran {
  code: number | undefined;
  out: string;
  err: string;
}

export interface RunOptions {
  /** Undefined takes a setting away. */
  env?: Record<string, string | undefined>;
  /** Stdin; empty if left out. */
  input?: string;
}

export interface Office {
  url: string;
  /** Of the person who types; nothing is in it. */
  home: string;
  /** What is in its environment, for programs started by other means. */
  env: Record<string, string>;
  adminctl: (words: string[], options?: RunOptions) => Promise<Ran>;
  /** Makes a file below home; answers its path. */
  file: (name: string, text: string, mode?: number) => Promise<string>;
  /** Somebody needs a human at t1; answers the id of the entry, once it was filed and told. */
  entry: () => Promise<string>;
  close: () => Promise<void>;
}

/** With the tenant t1 on board. */
export async function openOffice(): Promise<Office> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'office-'));
  const daemon = startDaemon(home);
  const url = await daemon.listening;
  const env = environment(home, url);
  const api = createAdminClient({ baseUrl: url, key: KEY, user: 'office', timeoutMs: 5_000 });
  await api.call(ROUTES.createTenant, { body: northside() });

  return {
    url,
    home,
    env,
    adminctl: (words, options) => run(words, env, options),
    file: async (name, text, mode = 0o600) => {
      const full = path.join(home, name);
      await writeFile(full, text, { mode });
      return full;
    },
    entry: () => fileByHand(api),
    close: async () => {
      await daemon.stop();
      await rm(home, { recursive: true });
    },
  };
}

interface Environment extends Record<string, string> {
  HOME: string;
}

function environment(home: string, url: string): Environment {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    ADMIN_API_URL: url,
    ADMIN_PRIVATE_KEY: KEY,
    ADMIN_USER: 'kim',
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  };
}

async function run(words: string[], base: Environment, options: RunOptions = {}): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(ADMINCTL, words, {
    env: { ...base, ...options.env },
    extendEnv: false,
    cwd: base.HOME,
    input: options.input ?? '',
    reject: false,
  });
  return { code: exitCode, out: stdout, err: stderr };
}

function startDaemon(folder: string) {
  const child = execa(path.join(ROOT, 'bin/receptionistd'), [], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      PORT: '0',
      APP_ENV: 'test',
      DATABASE_URL: 'sqlite:receptionist.db',
      ADMIN_PRIVATE_KEY: KEY,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  });
  const listening = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, port } = JSON.parse(line);
      if (msg === 'listening') resolve(`http://127.0.0.1:${port}`);
    });
    void child.then(({ all, stdout, stderr }) => reject(new Error(`no daemon: ${all ?? stdout}\n${stderr}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await child;
  };
  return { listening, stop };
}

async function fileByHand(api: AdminClient): Promise<string> {
  const body = { caller: '+14155550123', reason: 'caller_asked_for_human' as const };
  const { event_id } = await api.call(ROUTES.createEscalation, { params: { tenant_id: 't1' }, body });
  return vi.waitFor(async () => {
    const { entry_id } = await api.call(ROUTES.getEvent, { params: { event_id } });
    if (entry_id === null) throw new Error(`${event_id} is not filed`);
    const { notifications } = await api.call(ROUTES.getEntry, { params: { entry_id } });
    if (notifications.some(({ status }) => status !== 'sent')) throw new Error(`${entry_id} is not told`);
    return entry_id;
  });
}
