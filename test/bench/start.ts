import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { commandLine, ship } from '../../scripts/build.ts';
import { type Figures, median } from './bench.ts';

const root = path.resolve(import.meta.dirname, '../..');
const warmUps = 3;
const rounds = 21;

export const name = 'start';
export const describe =
  '`adminctl --version`, direct and by its launcher, against bare `node -e 0` and a minimal oclif program bundled alike';
export const limits: Figures = { adminctl_ratio: 1.3, launcher_ratio: 1.3 };

export async function run(): Promise<Figures> {
  const minimal = path.join(root, '.cache/bench/minimal');
  const source = path.join(import.meta.dirname, 'minimal');
  await ship(source, minimal, commandLine(source, 'minimal'));
  const programs = {
    node: [process.execPath, '-e', '0'],
    minimal: [process.execPath, path.join(minimal, 'bin/minimal.js'), '--version'],
    adminctl: [process.execPath, path.join(root, 'packages/adminctl/dist/bin/adminctl.js'), '--version'],
    launcher: [path.join(root, 'bin/adminctl'), '--version'],
  };
  const times = inTurns(programs);
  const ratio = (name: keyof typeof programs) =>
    median(times[name].map((ms, i) => ms / (times.minimal[i] ?? 0)));
  return {
    node_ms: median(times.node),
    minimal_ms: median(times.minimal),
    adminctl_ms: median(times.adminctl),
    launcher_ms: median(times.launcher),
    adminctl_ratio: ratio('adminctl'),
    launcher_ratio: ratio('launcher'),
  };
}

/** Milliseconds of each program by round. Side by side and in changing order, so that a slow moment hits all alike. */
function inTurns<Name extends string>(programs: Readonly<Record<Name, string[]>>): Record<Name, number[]> {
  const names = Object.keys(programs) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUps; round < rounds; round += 1) {
    names.push(...names.splice(0, 1));
    for (const name of names) {
      const ms = timeOf(programs[name]);
      if (round >= 0) times[name].push(ms);
    }
  }
  return times;
}

function timeOf([program = '', ...args]: readonly string[]): number {
  const started = performance.now();
  execFileSync(program, args, { stdio: 'pipe' });
  return performance.now() - started;
}
