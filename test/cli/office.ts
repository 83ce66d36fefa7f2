/** The shipped programs as processes: a daemon on a database of its own, and `bin/adminctl` beside it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type AdminClient, createAdminClient, ROUTES } from '@receptionist/admin-api';
import { execa } from 'execa';
import { vi } from 'vitest';
import { type Daemon, ROOT, startDaemon } from '../harness/daemon.ts';
import { makeDatabase } from '../harness/database.ts';
import { northside } from '../harness/tenants.ts';

export const ADMINCTL = path.join(ROOT, 'bin/adminctl');
export const AUTH_TOKEN = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';

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
  /** The admin API, as somebody else. */
  api: AdminClient;
  /** Somebody needs a human at t1; answers the id of the entry, once it was filed and told. */
  entry: () => Promise<string>;
  close: () => Promise<void>;
}

export interface OfficeOptions {
  /** Of the daemon, beside the key and the token. */
  daemon?: Record<string, string>;
  /** Of adminctl, beside those. */
  env?: Record<string, string>;
}

/** With the tenant t1 on board. */
export async function openOffice(options: OfficeOptions = {}): Promise<Office> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'office-'));
  const database = await makeDatabase();
  const daemon = await openDaemon(home, { DATABASE_URL: database.url, ...options.daemon });
  const env = { ...environment(home, daemon.url), ...options.env };
  const api = createAdminClient({ baseUrl: daemon.url, key: KEY, user: 'office', timeoutMs: 5_000 });
  await api.call(ROUTES.createTenant, { body: northside() });

  return {
    url: daemon.url,
    home,
    env,
    adminctl: (words, options) => runAdminctl(words, env, options),
    file: async (name, text, mode = 0o600) => {
      const full = path.join(home, name);
      await writeFile(full, text, { mode });
      return full;
    },
    api,
    entry: () => fileByHand(api),
    close: async () => {
      await daemon.stop();
      await database.remove();
      await rm(home, { recursive: true });
    },
  };
}

/** A daemon that shares key and token with the people in the office. */
export function openDaemon(folder: string, settings: Record<string, string>): Promise<Daemon> {
  const shared = { APP_ENV: 'test', HOME: folder, ADMIN_PRIVATE_KEY: KEY, TWILIO_AUTH_TOKEN: AUTH_TOKEN };
  return startDaemon(folder, { ...shared, ...settings });
}

export interface Environment extends Record<string, string> {
  HOME: string;
}

export function environment(home: string, url: string): Environment {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    ADMIN_API_URL: url,
    ADMIN_PRIVATE_KEY: KEY,
    ADMIN_USER: 'kim',
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  };
}

/** In the folder of whoever types. */
export async function runAdminctl(
  words: string[],
  base: Environment,
  options: RunOptions = {},
): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(ADMINCTL, words, {
    env: { ...base, ...options.env },
    extendEnv: false,
    cwd: base.HOME,
    input: options.input ?? '',
    reject: false,
  });
  return { code: exitCode, out: stdout, err: stderr };
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
