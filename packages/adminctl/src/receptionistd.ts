/** The daemon's program, for what only it can do. It is started, never imported. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { LocalCode } from './exit-codes.ts';
import { CommandError } from './failure.ts';

/** Its exit codes mean what ours do. */
const CODE_OF: Readonly<Record<number, LocalCode>> = { 2: 'usage', 6: 'unreachable', 130: 'interrupted' };

/** Runs it with our stdin, stdout and stderr, and leaves its exit code as ours. `json`: what it complains of becomes ours. */
export async function runReceptionistd(args: string[], { json }: { json: boolean }): Promise<void> {
  const { execa } = await import('execa');
  const program = receptionistd();
  const result = await execa(program, args, {
    reject: false,
    stdin: 'inherit',
    stdout: json ? ['inherit', 'pipe'] : 'inherit',
    stderr: json ? 'pipe' : 'inherit',
  });
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw new CommandError(
      'unreachable',
      `Cannot start ${program} (${result.code}).`,
      'Put receptionistd into PATH, or name it: RECEPTIONISTD=/path/to/receptionistd',
    );
  }
  process.exitCode = result.exitCode ?? 130;
  if (!json || process.exitCode === 0 || result.stdout) return;
  throw new CommandError(
    CODE_OF[process.exitCode] ?? 'failed',
    result.stderr?.trim() || `receptionistd ended with ${process.exitCode}.`,
  );
}

/** The one that was named, else the one of this checkout, else the one in PATH. */
function receptionistd(): string {
  const named = process.env['RECEPTIONISTD'];
  if (named) return named;
  for (let folder = import.meta.dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const program = path.join(folder, 'bin', 'receptionistd');
    if (existsSync(program)) return program;
  }
  return 'receptionistd';
}
