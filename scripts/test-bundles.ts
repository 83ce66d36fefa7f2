import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Vitest's global setup for tests that start our programs: what is tested is what is shipped, or nothing is. */
export default function prepareBundles(): void {
  const prepare = path.join(import.meta.dirname, 'prepare');
  const { status } = spawnSync(prepare, ['adminctl', 'receptionist'], { stdio: 'inherit' });
  if (status === 0) return;
  console.log('0 passed, 1 failed');
  process.exit(1);
}
