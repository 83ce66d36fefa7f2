/** The daemon of an earlier version, made from the history of this checkout and kept in its cache. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { VERSION_BEFORE } from '../../scripts/optional-tools.ts';
import { type Program, ROOT } from '../harness/daemon.ts';

const CACHE = path.join(ROOT, '.cache');

export async function versionBefore(): Promise<Program> {
  const folder = path.join(CACHE, 'versions', VERSION_BEFORE);
  if (!existsSync(folder)) await checkOut(folder);
  return [process.execPath, path.join(folder, 'packages/receptionist/src/main.ts')];
}

/** Under another name until it is whole. */
async function checkOut(folder: string): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await execa('git', ['archive', VERSION_BEFORE], { cwd: ROOT }).pipe('tar', ['-x', '-C', draft]);
    await installDependencies(draft);
    await rename(draft, folder);
  } catch (error) {
    // Another test may have been faster.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** By its own lockfile, and from what this checkout has fetched already as far as that goes. */
async function installDependencies(folder: string): Promise<void> {
  const kept = ['store', 'cache'].map((name) => `--config.${name}-dir=${path.join(CACHE, 'pnpm', name)}`);
  const args = [
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--prod',
    '--filter=receptionistd...',
    ...kept,
  ];
  const toolchain = path.join(CACHE, 'toolchain');
  await execa(path.join(toolchain, 'pnpm'), args, {
    cwd: folder,
    env: {
      CI: 'true',
      XDG_STATE_HOME: path.join(CACHE, 'state'),
      PATH: [toolchain, process.env.PATH].join(path.delimiter),
    },
  });
}
