/** `bin/check`: everything that can be said about the code without running it. Changes nothing, unless told `--fix`. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkArchitecture } from './check-architecture.ts';

const root = path.resolve(import.meta.dirname, '..');
const biome = 'node_modules/@biomejs/biome/bin/biome';
const tsc = 'node_modules/typescript/bin/tsc';
const dclint = 'node_modules/dclint/bin/dclint.cjs';

interface Part {
  readonly name: string;
  /** What is wrong, each with its place and what to do; empty: nothing. */
  readonly findings: () => Promise<string>;
}

const parts: readonly Part[] = [
  { name: 'format and lint', findings: formatAndLint },
  { name: 'types', findings: () => node(tsc, '-p', 'tsconfig.json') },
  { name: 'purity of core', findings: () => node(tsc, '-p', 'packages/core/tsconfig.json') },
  { name: 'generated docs', findings: generatedDocs },
  { name: 'shell', findings: shell },
  { name: 'compose file', findings: () => node(dclint, '--max-warnings=0', 'docker-compose.dev.yml') },
  { name: 'architecture', findings: architecture },
  { name: 'migrations', findings: migrations },
];

async function formatAndLint(): Promise<string> {
  const findings = await node(biome, 'check', '--error-on-warnings', '--max-diagnostics=none', '.');
  return findings && `${findings}\nbin/check --fix [PATH…] repairs what can be repaired by itself.`;
}

async function generatedDocs(): Promise<string> {
  return existsSync(path.join(root, 'scripts/generate-docs.ts'))
    ? node('scripts/generate-docs.ts', '--check')
    : '';
}

async function architecture(): Promise<string> {
  const tell = checkArchitecture(root).map(
    ({ file, line, found, remedy }) => `${file}:${line}: ${found}\n    ${remedy}`,
  );
  return tell.join('\n');
}

async function migrations(): Promise<string> {
  const { lintMigrations } = await import('../packages/store/src/migrations/lint/index.ts');
  const tell = (await lintMigrations()).map(
    ({ file, line, rule, why, instead }) =>
      `packages/store/migrations/${file}:${line}: ${rule}: ${why}\n    ${instead}`,
  );
  return tell.join('\n');
}

async function shell(): Promise<string> {
  const scripts = globSync(['bin/*', 'scripts/*', '.ci/*'], { cwd: root })
    .filter((file) => !path.extname(file))
    .map((file) => ({ file, first: readFileSync(path.join(root, file), 'utf8').split('\n', 1)[0] ?? '' }));
  const parsed = scripts.map(({ file, first }) => run(first.endsWith('bash') ? 'bash' : 'sh', ['-n', file]));
  const options = ['--external-sources', '--source-path=SCRIPTDIR', '--format=gcc'];
  const linted = run('shellcheck', [...options, ...scripts.map(({ file }) => file)]);
  return (await Promise.all([...parsed, linted])).filter(Boolean).join('\n');
}

function node(...args: string[]): Promise<string> {
  return run(process.execPath, args);
}

/** What the program said if it ended with a failure. One that is not installed has nothing to say. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    // Biome keeps a cache, which belongs inside the checkout too.
    const home = { XDG_CACHE_HOME: path.join(root, '.cache') };
    const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    const env = { ...process.env, ...home, ...color };
    execFile(program, args, { cwd: root, env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (!error || error.code === 'ENOENT') resolve('');
      else resolve(`${stdout}${stderr}`.trim() || `${program} ended with ${error.code ?? error.signal}`);
    });
  });
}

async function check(): Promise<boolean> {
  const started = performance.now();
  const names = parts.map(({ name }) => name).join(', ');
  const patience = setTimeout(() => console.error(`check: ${names} …`), 900);
  const results = await Promise.all(
    parts.map(async ({ name, findings }) => ({ name, said: await findings() })),
  );
  clearTimeout(patience);
  const failed = results.filter(({ said }) => said);
  for (const { name, said } of failed) console.log(`── ${name}\n${said}\n`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict =
    failed.length > 0 ? `failed: ${failed.map(({ name }) => name).join(', ')}` : `passed: ${names}`;
  console.log(`check ${verdict} (${seconds} s)`);
  return failed.length === 0;
}

const [option, ...paths] = process.argv.slice(2);
if (option === '--fix') {
  const said = await node(
    biome,
    'check',
    '--write',
    '--max-diagnostics=none',
    ...(paths.length > 0 ? paths : ['.']),
  );
  if (said) console.log(said);
  process.exitCode = said ? 1 : 0;
} else if (option) {
  console.error('usage: bin/check [--fix [PATH…]]');
  process.exitCode = 2;
} else {
  process.exitCode = (await check()) ? 0 : 1;
}
