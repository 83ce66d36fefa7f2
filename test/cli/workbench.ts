/** A person's machine on which only those programs are installed that a test says. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { environment, type Ran, type RunOptions, runAdminctl } from './office.ts';

const STAND_INS = path.join(import.meta.dirname, 'stand-ins');

/** What the launchers in bin/ and adminctl need of any Unix. */
const BASICS = ['cmp', 'env', 'find', 'ln', 'mkdir', 'ps', 'readlink', 'rm', 'sh', 'sleep', 'tail'];

export interface Workbench {
  home: string;
  adminctl: (line: string, options?: RunOptions) => Promise<Ran>;
  /** `standIn`: a file of stand-ins/, called with these words before those of the command line. */
  install: (program: string, standIn: string, ...words: string[]) => Promise<void>;
  /** What docker was asked, and what it has. */
  docker: () => Promise<{ up: string[]; volumes: string[]; asked: string[] }>;
  has: (file: string) => boolean;
  close: () => Promise<void>;
}

export async function openWorkbench(settings: Record<string, string> = {}): Promise<Workbench> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'workbench-'));
  const bin = path.join(home, 'bin');
  const memory = path.join(home, 'docker.json');
  await mkdir(bin);
  for (const program of BASICS) await symlink(whichOf(program), path.join(bin, program));
  const env = { ...environment(home, 'http://127.0.0.1:1'), PATH: bin, DOCKER_STATE: memory, ...settings };
  const adminctl = (line: string, options?: RunOptions) => runAdminctl(line.split(' '), env, options);
  return {
    home,
    adminctl,
    install: async (program, standIn, ...words) => {
      const command = [process.execPath, '--', path.join(STAND_INS, standIn), ...words].map(
        (word) => `'${word}'`,
      );
      await writeFile(path.join(bin, program), `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`);
      await chmod(path.join(bin, program), 0o755);
    },
    docker: async () => JSON.parse(await readFile(memory, 'utf8')),
    has: (file) => existsSync(path.join(home, file)),
    close: async () => {
      await adminctl('stack down');
      await rm(home, { recursive: true });
    },
  };
}

function whichOf(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
  if (!found) throw new Error(`${program} is not in PATH`);
  return found;
}
