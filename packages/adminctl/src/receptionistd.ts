/** The daemon's program, for what only it can do. It is started, never imported. */
import { inCheckout } from './checkout.ts';
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
  if (result.code === 'ENOENT' || result.code === 'EACCES') throw cannotStart(program, result.code);
  process.exitCode = result.exitCode ?? 130;
  if (!json || process.exitCode === 0 || result.stdout) return;
  throw new CommandError(
    CODE_OF[process.exitCode] ?? 'failed',
    result.stderr?.trim() || `receptionistd ended with ${process.exitCode}.`,
  );
}

/** The one that was named, else the one of this checkout, else the one in PATH. */
export function receptionistd(): string {
  return process.env['RECEPTIONISTD'] || (inCheckout('bin/receptionistd') ?? 'receptionistd');
}

export function cannotStart(program: string, code: string | undefined): CommandError {
  return new CommandError(
    'unreachable',
    `Cannot start ${program} (${code}).`,
    'Put receptionistd into PATH, or name it: RECEPTIONISTD=/path/to/receptionistd',
  );
}
