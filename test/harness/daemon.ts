/** The shipped daemon as a process of its own. */
import path from 'node:path';
import { execa } from 'execa';

export const ROOT = path.resolve(import.meta.dirname, '../..');

const START_LIMIT_MS = 20_000;

export interface Daemon {
  url: string;
  pid: number;
  /** What it wrote, a line each. */
  log: readonly string[];
  /** In order, as an operator would; resolves with its exit code. */
  stop(): Promise<number | undefined>;
  /** At once, as a power cut would. */
  kill(): Promise<void>;
}

/** A program that becomes the daemon, with what stands before the daemon's own arguments. */
export type Program = readonly [file: string, ...args: string[]];

const SHIPPED: Program = [path.join(ROOT, 'bin/receptionistd')];

/** Resolves when it listens. `folder` is its working directory. */
export async function startDaemon(
  folder: string,
  settings: Record<string, string>,
  [file, ...args]: Program = SHIPPED,
): Promise<Daemon> {
  const log: string[] = [];
  const child = execa(file, args, {
    cwd: folder,
    env: { PORT: '0', ...settings },
    stdin: 'ignore',
    reject: false,
    buffer: false,
    // Its own group: a Ctrl-C that is meant for its starter must not stop it before the starter does.
    detached: true,
    cleanup: true,
  });
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the daemon did not start: ${why}\n${log.join('\n')}`));
    const timer = setTimeout(() => fail(`nothing for ${START_LIMIT_MS / 1_000} s`), START_LIMIT_MS);
    void child.then(({ exitCode }) => fail(`it ended with ${exitCode}`)).finally(() => clearTimeout(timer));
    void readLines(child.stdout, (line) => {
      log.push(line);
      const port = /"port":(\d+),.*"msg":"listening"/.exec(line)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(`http://127.0.0.1:${port}`);
    });
    void readLines(child.stderr, (line) => log.push(line));
  });
  return {
    url,
    pid: child.pid as number,
    log,
    async stop() {
      child.kill('SIGTERM');
      return (await child).exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await child;
    },
  };
}

async function readLines(stream: AsyncIterable<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  }
}
