/**
 * Bundles what is shipped: `node scripts/build.ts adminctl receptionist`. Each lands in its package's `dist`, laid out like
 * the package itself (`dist/bin` for `src`, `dist/package.json`, `dist/migrations`), so that a path relative to
 * `import.meta.url` holds in both. Launchers come here through scripts/prepare, which has a lock.
 */
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const dayMs = 24 * 60 * 60 * 1000;

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly oclif?: object;
}

interface Bundle {
  /** File in `dist/bin`, without `.js` → the text of its module. */
  readonly entries: Readonly<Record<string, string>>;
  /** Packages that cannot be bundled: they stay dependencies of what is shipped. */
  readonly external: readonly string[];
  /** Fields of `dist/package.json` beside name, version, type and dependencies. */
  readonly packageJson: object;
  /** Adds the rest to `dist`, once the bundle and package.json are there. */
  readonly complete: (dist: string) => Promise<void>;
}

/** A bundle for each program, by the folder of its package. */
const bundles: Readonly<Record<string, (folder: string) => Bundle>> = {
  adminctl: (folder) => commandLine(folder, 'adminctl'),
  receptionist: daemon,
};

/** An oclif program. Also the bench's reference, which so differs from adminctl in its size alone. */
export function commandLine(folder: string, program: string): Bundle {
  const oclif = shippedOclif(folder);
  return {
    entries: {
      [program]: commandLineEntry(path.join(folder, 'src/main.ts')),
      commands: commandTable(path.join(folder, 'src/commands')),
      ...oclif.entries,
    },
    external: [],
    packageJson: { bin: { [program]: `./bin/${program}.js` }, oclif: oclif.section },
    complete: (dist) => writeManifest(folder, dist),
  };
}

function daemon(folder: string): Bundle {
  return {
    entries: { receptionistd: cachedEntry(path.join(folder, 'src/main.ts')) },
    external: ['better-sqlite3', 'libpg-query'],
    packageJson: { bin: { receptionistd: './bin/receptionistd.js' } },
    complete: (dist) => copyFolder(path.join(folder, '../store/migrations'), path.join(dist, 'migrations')),
  };
}

/** What runs first is tiny: the compile cache serves only what is loaded after it was switched on. */
function cachedEntry(main: string): string {
  return `import { enableCompileCache } from 'node:module';
enableCompileCache();
import(${JSON.stringify(main)});
`;
}

/**
 * `adminctl … | head -1` closes the pipe early, at which oclif would end with 13 and a warning. A disk that is full is the
 * person's to mend, too, and no stack helps them.
 */
function commandLineEntry(main: string): string {
  return `${cachedEntry(main)}
process.stdout.on('error', ({ code }) => {
  if (code === 'EPIPE') process.exit(0);
  console.error(\`Error: The output cannot be written (\${code}).\`);
  process.exit(1);
});
`;
}

/** A module that exports every command class under its id: `fallback/list.ts` is `fallback:list`. */
function commandTable(folder: string): string {
  const files = globSync('**/*.ts', { cwd: folder, exclude: ['**/*.test.ts'] }).sort();
  const id = (file: string) => file.replace(/(\/?index)?\.ts$/, '').replaceAll('/', ':');
  const imports = files.map((file, i) => `import c${i} from ${JSON.stringify(path.join(folder, file))};`);
  const rows = files.map((file, i) => `${JSON.stringify(id(file))}: c${i},`);
  return [...imports, 'export const COMMANDS = {', ...rows, '};'].join('\n');
}

/** package.json's `oclif` with the commands from the table, and each other `./src/….ts` (hook, help class) as an entry. */
function shippedOclif(folder: string): { section: object; entries: Record<string, string> } {
  const entries: Record<string, string> = {};
  const text = JSON.stringify({ ...readPackage(folder).oclif, commands: undefined });
  const bundled = text.replace(/"\.\/src\/([^"]+)\.ts"/g, (_, file: string) => {
    const name = file.replaceAll('/', '-');
    const source = JSON.stringify(path.join(folder, `src/${file}.ts`));
    entries[name] = `export * from ${source}; export { default } from ${source};`;
    return `"./bin/${name}.js"`;
  });
  const commands = { strategy: 'explicit', target: './bin/commands.js', identifier: 'COMMANDS' };
  return { section: { ...JSON.parse(bundled), commands }, entries };
}

/** What `oclif manifest` does, without the 200 packages that come with that program: `--help` then loads no command. */
async function writeManifest(folder: string, dist: string): Promise<void> {
  const { Plugin } = createRequire(path.join(folder, 'package.json'))('@oclif/core');
  const plugin = new Plugin({
    root: dist,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  });
  await plugin.load();
  await replaceFile(path.join(dist, 'oclif.manifest.json'), JSON.stringify(plugin.manifest));
}

const bundleOptions = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  write: false,
  metafile: true,
  absWorkingDir: root,
  logLevel: 'warning',
  // CommonJS packages look for these, which an ES module lacks.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      'const require = __createRequire(import.meta.url);',
      'const { filename: __filename, dirname: __dirname } = import.meta;',
    ].join('\n'),
  },
} satisfies BuildOptions;

/**
 * Bundles the entries, resolved as from `folder`, into `out`. Programs that started from an earlier bundle there go on: files
 * are replaced whole, chunks are named by their hash, and one that is no longer used stays for a day.
 */
async function bundle(folder: string, { entries, external }: Bundle, out: string): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    entryPoints: Object.keys(entries),
    external: [...external],
    outdir: out,
    plugins: [entryTexts(folder, entries)],
  });
  await mkdir(out, { recursive: true });
  const isEntry = (file: string) => (metafile.outputs[path.relative(root, file)]?.entryPoint ? 1 : 0);
  for (const file of outputFiles.toSorted((a, b) => isEntry(a.path) - isEntry(b.path))) {
    await replaceFile(file.path, file.contents);
  }
  for (const name of await readdir(out)) {
    const file = path.join(out, name);
    if (Date.now() - (await stat(file)).mtimeMs > dayMs) await rm(file);
  }
}

function entryTexts(folder: string, entries: Bundle['entries']): Plugin {
  return {
    name: 'entry-texts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^/ }, ({ kind, path: name }) =>
        kind === 'entry-point' ? { path: name, namespace: 'entry' } : undefined,
      );
      onLoad({ filter: /^/, namespace: 'entry' }, ({ path: name }) => ({
        contents: entries[name] ?? '',
        resolveDir: folder,
      }));
    },
  };
}

async function replaceFile(file: string, contents: string | Uint8Array): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, contents);
  await rename(fresh, file);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}

function readPackage(folder: string): PackageJson {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** Version of a package as `folder` resolves it. Throws where package.json there does not declare it. */
function installedVersion(folder: string, name: string): string {
  return readPackage(path.join(folder, 'node_modules', name)).version;
}

/** Makes `dist` from the package in `folder`: a folder that could be published, or copied into a container, as it is. */
export async function ship(folder: string, dist: string, made: Bundle): Promise<void> {
  const started = new Date();
  await bundle(folder, made, path.join(dist, 'bin'));
  const { name, version } = readPackage(folder);
  const dependencies = Object.fromEntries(
    made.external.map((each) => [each, installedVersion(folder, each)]),
  );
  const packageJson = { name, version, type: 'module', dependencies, ...made.packageJson };
  await replaceFile(path.join(dist, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`);
  await made.complete(dist);
  // As old as the start: a source that is saved while it is bundled counts as newer.
  const stamp = path.join(dist, '.stamp');
  await writeFile(stamp, '');
  await utimes(stamp, started, started);
}

async function main(names: readonly string[]): Promise<void> {
  const slow = setTimeout(() => console.error(`receptionist: bundling ${names.join(', ')}`), 1000);
  for (const name of names) {
    const make = bundles[name];
    if (!make) throw new Error(`no bundle "${name}"; there are: ${Object.keys(bundles).join(', ')}`);
    try {
      const folder = path.join(root, 'packages', name);
      await ship(folder, path.join(folder, 'dist'), make(folder));
    } catch (error) {
      // esbuild has already said where.
      const reason = error instanceof Error && 'errors' in error ? 'see above' : error;
      console.error(`receptionist: packages/${name} could not be bundled:`, reason);
      process.exitCode = 1;
    }
  }
  clearTimeout(slow);
}

if (import.meta.main) await main(process.argv.slice(2));
