/** The daemon on its embedded store, without Docker: `adminctl stack up --embedded`. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { whyNoAnswer } from '@receptionist/admin-api';
import { parse } from 'dotenv';
import { CommandError } from '../failure.ts';
import { receptionistd } from '../receptionistd.ts';
import type { Settings } from '../settings.ts';
import { type Background, forget, isRunning, logFile, recordOf, start, stop } from './background.ts';
import type { ServiceStatus } from './services.ts';

export const DAEMON = 'receptionistd';

/** The first start may bundle it. */
const START_MS = 60_000;
const READY_MS = 30_000;

/** What adminctl and the daemon must agree on, and may stand in the file of adminctl alone. */
const SHARED = ['ADMIN_PRIVATE_KEY', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'];

/** Starts it unless it runs, and waits until it is ready. `publicUrl`: that of a tunnel. */
export async function startEmbedded(
  settings: Settings,
  { publicUrl }: { publicUrl: string | null },
): Promise<ServiceStatus> {
  const running = recordOf(DAEMON);
  if (running && isRunning(running)) return statusOf(running);
  const env = {
    ...process.env,
    ...sharedSettings(settings),
    ...(publicUrl ? { PUBLIC_URL: publicUrl } : {}),
  };
  const begun = await start({
    name: DAEMON,
    program: receptionistd(),
    env,
    addressIn: listeningAddress,
    withinMs: START_MS,
  });
  if (begun.address) await untilReady(begun.address);
  return statusOf(begun);
}

/** Its port, as it will read it. */
export function daemonPort(): number {
  return Number(process.env['PORT'] || dotEnv()['PORT'] || 8080);
}

function dotEnv(): Record<string, string> {
  return existsSync('.env') ? parse(readFileSync('.env')) : {};
}

/** Whether the admin API of a daemon that is started here stays closed. */
export function lacksAdminKey(settings: Settings): boolean {
  const told = { ...dotEnv(), ...process.env, ...sharedSettings(settings) };
  return !told['ADMIN_PRIVATE_KEY'] && !told['ADMIN_PRIVATE_KEY_FILE'];
}

/** Only for a daemon on this machine, and only what it is not told otherwise. */
function sharedSettings({ apiUrl, secret }: Settings): Record<string, string> {
  const { hostname } = new URL(apiUrl);
  if (!['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return {};
  const told = { ...dotEnv(), ...process.env };
  const missing = SHARED.filter((name) => !told[name] && !told[`${name}_FILE`]);
  return Object.fromEntries(
    missing.flatMap((name) => {
      const value = secret(name);
      return value ? [[name, value]] : [];
    }),
  );
}

function listeningAddress(log: string): string | null {
  const line = log.split('\n').find((each) => each.includes('"msg":"listening"') && each.endsWith('}'));
  if (!line) return null;
  const { host, port } = JSON.parse(line) as { host: string; port: number };
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function untilReady(address: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const { ready, found } = await readiness(address);
    if (ready) return;
    if (Date.now() > deadline)
      throw new CommandError('failed', `${address} is not ready: ${found}`, `Its log: ${logFile(DAEMON)}`);
    await sleep(100);
  }
}

async function readiness(address: string): Promise<{ ready: boolean; found: string }> {
  try {
    const response = await fetch(`${address}/ready`, { signal: AbortSignal.timeout(5_000) });
    return { ready: response.ok, found: await response.text() };
  } catch (error) {
    return { ready: false, found: whyNoAnswer(error) };
  }
}

/** Null where it was never started here. */
export async function embeddedStatus(): Promise<ServiceStatus | null> {
  const record = recordOf(DAEMON);
  return record && statusOf(record);
}

async function statusOf(record: Background): Promise<ServiceStatus> {
  if (!isRunning(record)) return { name: DAEMON, status: 'stopped', address: null };
  if (!record.address) return { name: DAEMON, status: 'starting', address: null };
  const { ready } = await readiness(record.address);
  return { name: DAEMON, status: ready ? 'healthy' : 'unhealthy', address: record.address };
}

export async function stopEmbedded(): Promise<void> {
  const record = recordOf(DAEMON);
  if (record) await stop(record);
}

/** Its data too. @throws CommandError `usage` where they are not in a file */
export async function resetEmbedded(): Promise<void> {
  const url = process.env['DATABASE_URL'] || dotEnv()['DATABASE_URL'] || 'sqlite:./var/receptionist.db';
  if (!url.startsWith('sqlite:')) {
    throw new CommandError(
      'usage',
      'DATABASE_URL names a server, whose data reset does not touch.',
      'Drop its database by hand, or unset DATABASE_URL to reset the embedded store.',
    );
  }
  await stopEmbedded();
  const file = url.slice('sqlite:'.length);
  for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
  forget(DAEMON);
}
