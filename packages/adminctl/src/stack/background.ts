/** Programs that go on when adminctl has ended: each with its record and its log in var/stack of the working directory. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../failure.ts';

const FOLDER = path.join('var', 'stack');
const LOOK_EVERY_MS = 100;
/** The daemon stops itself after 10 s, whatever was begun. */
const STOP_MS = 12_000;

export interface Background {
  name: string;
  /** As it shows among the processes. */
  program: string;
  pid: number;
  /** Null while it starts. */
  address: string | null;
  started_at: string;
}

/** Of the last time that it was started, or null where it never was, or was forgotten. */
export function recordOf(name: string): Background | null {
  try {
    return JSON.parse(readFileSync(recordFile(name), 'utf8'));
  } catch {
    // It is not there, or somebody else has written to it.
    return null;
  }
}

export function logFile(name: string): string {
  return path.join(FOLDER, `${name}.log`);
}

function recordFile(name: string): string {
  return path.join(FOLDER, `${name}.json`);
}

/** Whether that process is still there, and is still that program: ids of processes are used again. */
export function isRunning({ pid, program }: Background): boolean {
  const { error, stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return error ? reaches(pid, 0) : stdout.includes(program);
}

/** False where there is no such process (any more). */
function reaches(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Starts it, and waits until its log says where it is.
 * @throws CommandError `unreachable` where it cannot be started, `failed` with its last words where it ends or says nothing
 */
export async function start({
  name,
  program,
  args = [],
  env,
  addressIn,
  withinMs,
}: {
  name: string;
  program: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  /** Its address, once the log has it. */
  addressIn: (log: string) => string | null;
  withinMs: number;
}): Promise<Background> {
  mkdirSync(FOLDER, { recursive: true });
  const log = openSync(logFile(name), 'w', 0o600);
  const child = spawn(program, args, { env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const record: Background = {
    name,
    program: path.basename(program),
    pid: child.pid ?? 0,
    address: null,
    started_at: new Date().toISOString(),
  };
  // Before it is up: whoever interrupts this can still stop it.
  keep(record);
  try {
    record.address = await firstAddress(child, { name, addressIn, withinMs });
  } catch (error) {
    rmSync(recordFile(name));
    throw error;
  }
  child.unref();
  keep(record);
  return record;
}

function keep(record: Background): void {
  writeFileSync(recordFile(record.name), JSON.stringify(record));
}

async function firstAddress(
  child: ChildProcess,
  { name, addressIn, withinMs }: Pick<Parameters<typeof start>[0], 'name' | 'addressIn' | 'withinMs'>,
): Promise<string> {
  let ended: string | null = null;
  child.once('error', (error: NodeJS.ErrnoException) => {
    ended = `cannot be started (${error.code})`;
  });
  child.once('exit', (code, signal) => {
    ended = `ended with ${code ?? signal}`;
  });
  for (let waited = 0; waited < withinMs; waited += LOOK_EVERY_MS) {
    const address = addressIn(readFileSync(logFile(name), 'utf8'));
    if (address) return address;
    if (ended)
      throw new CommandError('failed', `${name} ${ended}${lastWords(name)}`, `All of it: ${logFile(name)}`);
    await sleep(LOOK_EVERY_MS);
  }
  child.kill();
  throw new CommandError('failed', `${name} said nothing usable for ${withinMs / 1_000} s${lastWords(name)}`);
}

function lastWords(name: string): string {
  const lines = readFileSync(logFile(name), 'utf8').trim().split('\n').slice(-5);
  return lines.join('') === '' ? '.' : `:\n  ${lines.join('\n  ')}`;
}

/** In order, or at once where that takes too long. */
export async function stop(background: Background): Promise<void> {
  if (!isRunning(background)) return;
  reaches(background.pid, 'SIGTERM');
  for (let waited = 0; waited < STOP_MS; waited += LOOK_EVERY_MS) {
    if (!isRunning(background)) return;
    await sleep(LOOK_EVERY_MS);
  }
  reaches(background.pid, 'SIGKILL');
}

export function forget(name: string): void {
  rmSync(recordFile(name), { force: true });
  rmSync(logFile(name), { force: true });
}
