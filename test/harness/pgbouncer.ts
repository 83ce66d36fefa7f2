/**
 * A PgBouncer of our own in front of a Postgres: the one of the PATH, in transaction mode and else as it comes, on a free port of
 * this machine alone, and gone when the process that started it is, however that ended.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';
import { KEEPER, ordinaryUser } from './postgres-server.ts';

export interface PgBouncer {
  /** The address, of any database of the server, through it. */
  through(databaseUrl: string): string;
  remove(): Promise<void>;
}

export interface PgBouncerOptions {
  /** Of a database on the server, as the user whom it lets in. */
  databaseUrl: string;
  /** Connections to each database. */
  poolSize: number;
}

export async function startPgBouncer({ databaseUrl, poolSize }: PgBouncerOptions): Promise<PgBouncer> {
  const identity = ordinaryUser();
  const folder = mkdtempSync(path.join(tmpdir(), 'receptionist-pgbouncer-'));
  if (identity) chownSync(folder, identity.uid, identity.gid);
  const port = await freePort();
  const configuration = configure({ folder, port, server: new URL(databaseUrl), poolSize });
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', 'pgbouncer', configuration], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
    ...identity,
  });
  await untilReady(keeper);
  return {
    through(url) {
      const address = new URL(url);
      address.host = `127.0.0.1:${port}`;
      return address.href;
    },
    async remove() {
      keeper.stdin?.end();
      await once(keeper, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

/** @returns the file */
function configure({
  folder,
  port,
  server,
  poolSize,
}: {
  folder: string;
  port: number;
  server: URL;
  poolSize: number;
}): string {
  const users = path.join(folder, 'users');
  writeFileSync(users, `"${server.username}" "${server.password}"\n`);
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: 'transaction',
    default_pool_size: poolSize,
    // Seconds until it looks again for a server that was away; 15 if left out.
    server_login_retry: 1,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const databases = ['[databases]', `* = host=${server.hostname} port=${server.port}`];
  const file = path.join(folder, 'pgbouncer.ini');
  writeFileSync(file, [...databases, '[pgbouncer]', ...lines, ''].join('\n'));
  return file;
}

async function untilReady({ stdin, stderr }: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (!stderr) throw new Error('PgBouncer has no standard error');
  for await (const line of createInterface(stderr)) {
    said.push(line);
    if (!line.includes('process up')) continue;
    // What it says later must not fill the pipe.
    stderr.resume();
    return;
  }
  stdin?.end();
  throw new Error(`PgBouncer did not start:\n${said.join('\n')}`);
}
