import { explainDocker, noDocker } from './docker-faults.ts';

/** `progress`: what docker says while it works is shown. Answers its stdout. @throws CommandError */
export async function docker(args: string[], { progress = false } = {}): Promise<string> {
  const { execa } = await import('execa');
  const { code, exitCode, stdout, stderr } = await execa('docker', args, {
    reject: false,
    stdin: 'ignore',
    stderr: progress ? ['pipe', 'inherit'] : 'pipe',
  });
  if (exitCode === 0) return stdout;
  throw code === 'ENOENT' ? noDocker() : await explainDocker(stderr, exitCode);
}
