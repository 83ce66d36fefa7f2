/**
 * A Redis of our own: the `redis-server` of the PATH on a free port of this machine alone, which keeps nothing on the disk and is
 * gone when the process that started it is, however that ended.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

export interface RedisServer {
  url: string;
  /** Connections are broken, and everything in it is forgotten. */
  stop(): Promise<void>;
  /** Again on the same port, after `stop`, and empty. */
  start(): Promise<void>;
  /** Everything in it is forgotten, and connections stay. */
  flush(): Promise<void>;
  /** It still takes connections, and nothing is heard of it. */
  pause(): void;
  resume(): void;
  /** For good. */
  remove(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'receptionist-redis-'));
  const port = await freePort();
  let server = await runServer(folder, port);
  const stop = async () => {
    if (server.keeper.exitCode !== null) return;
    server.keeper.stdin?.end();
    await once(server.keeper, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    stop,
    async start() {
      server = await runServer(folder, port);
    },
    flush: () => order(port, 'FLUSHALL'),
    pause: () => void process.kill(server.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
    async remove() {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Server {
  /** Holds the server for as long as its standard input is open. */
  keeper: ChildProcess;
  /** Of the server itself. */
  pid: number;
}

/** Its input is ours, which a SIGKILL closes too. A server that was paused takes nothing milder, and has nothing to save. */
const KEEPER =
  '"$@" & server=$!; echo "pid=$server"; read -r _; { kill -KILL $server; wait $server; } 2>/dev/null';

async function runServer(folder: string, port: number): Promise<Server> {
  const settings = { bind: '127.0.0.1', port, dir: folder, save: '', appendonly: 'no' };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', 'redis-server', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { keeper, pid: await untilReady(keeper) };
}

/** @returns the server's process id */
async function untilReady({ stdout }: ChildProcess): Promise<number> {
  if (!stdout) throw new Error('redis-server has no standard output');
  const said: string[] = [];
  for await (const line of createInterface(stdout)) {
    said.push(line);
    if (!line.includes('Ready to accept connections')) continue;
    // What it says later must not fill the pipe.
    stdout.resume();
    return Number(/^pid=(\d+)$/m.exec(said.join('\n'))?.[1]);
  }
  throw new Error(`redis-server did not start:\n${said.join('\n')}`);
}

/** One command as a line of text, which Redis takes beside its protocol. */
async function order(port: number, command: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  if (String(answer) !== '+OK\r\n') throw new Error(`Redis answered ${command} with ${answer}`);
}
