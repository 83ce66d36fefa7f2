import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkArchitecture } from './check-architecture.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function packageJson(name: string, doors: string[], dependencies: string[] = []): string {
  const entries = (keys: string[], value: string) => Object.fromEntries(keys.map((key) => [key, value]));
  return JSON.stringify({
    name,
    exports: entries(doors, './src/index.ts'),
    dependencies: entries(dependencies, '*'),
  });
}

const house = {
  'packages/core/package.json': packageJson('@receptionist/core', ['.']),
  'packages/store/package.json': packageJson('@receptionist/store', ['.'], ['@receptionist/core', 'kysely']),
  'packages/admin-api/package.json': packageJson('@receptionist/admin-api', ['.'], ['@receptionist/core']),
  'packages/receptionist/package.json': packageJson(
    'receptionistd',
    ['.'],
    ['@receptionist/core', '@receptionist/store'],
  ),
  'packages/adminctl/package.json': packageJson(
    'adminctl',
    ['.'],
    ['@receptionist/simulator', '@receptionist/store'],
  ),
  'packages/simulator/package.json': packageJson('@receptionist/simulator', ['./caller', './servers']),
  'test/package.json': packageJson(
    '@receptionist/test',
    [],
    ['receptionistd', 'adminctl', '@receptionist/simulator'],
  ),
};

/** What is found in a house with these files, each as "file:line: what". */
function findingsIn(files: Record<string, string>): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'architecture-'));
  roots.push(root);
  for (const [file, text] of Object.entries({ ...house, ...files })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return checkArchitecture(root).map(({ file, line, found }) => `${file}:${line}: ${found}`);
}

describe('finds', () => {
  it.each([
    ['packages/core/src/a.ts', "import { readFile } from 'node:fs';", "core imports 'node:fs'"],
    ['packages/core/src/a.ts', "import { z } from 'zod';", "core imports 'zod'"],
    [
      'packages/core/src/a.ts',
      "import { open } from '@receptionist/store';",
      "core imports '@receptionist/store'",
    ],
    [
      'packages/store/src/a.ts',
      "import type { Route } from '@receptionist/admin-api';",
      "packages/store may not import '@receptionist/admin-api'",
    ],
    [
      'packages/adminctl/src/a.ts',
      "export { open } from '@receptionist/store';",
      "packages/adminctl may not import '@receptionist/store'",
    ],
    [
      'packages/adminctl/src/a.ts',
      "const { slack } = await import('@receptionist/simulator/servers');",
      "packages/adminctl may not import '@receptionist/simulator/servers'",
    ],
    ['packages/store/src/a.ts', "import 'receptionistd';", "packages/store may not import 'receptionistd'"],
    [
      'packages/store/src/a.ts',
      "import { x } from '@receptionist/core/src/flags.ts';",
      "'@receptionist/core/src/flags.ts' is no door of packages/core",
    ],
    [
      'packages/store/src/a.ts',
      "import { x } from '../../core/src/x.ts';",
      "'../../core/src/x.ts' leaves packages/store",
    ],
    [
      'test/a.ts',
      "import { x } from '../packages/core/src/x.ts';",
      "'../packages/core/src/x.ts' leaves test",
    ],
    ['packages/store/src/a.ts', "import fc from 'fast-check';", "'fast-check' is not declared"],
    ['packages/extra/package.json', packageJson('extra', []), 'a package without arrows'],
    ['pnpm-lock.yaml', 'resolution: {tarball: x}', "'tarball' ties the lockfile to one registry"],
    [
      'pnpm-lock.yaml',
      'x: https://registry.example/',
      "'https://registry.example/' ties the lockfile to one registry",
    ],
    ['docs/a.md', `see ${'/'}home/lex/notes`, `'${'/'}home/lex' exists on one machine`],
    ['.ci/run', `cd ${'/'}work/checkout`, `'${'/'}work/checkout' exists on one machine`],
  ])('%s: %s', (file, text, found) => {
    expect(findingsIn({ [file]: text })).toEqual([`${file}:1: ${found}`]);
  });

  it('the line of an import over several', () => {
    const text = "// why\n\nimport {\n  a,\n  b,\n} from 'zod';\n";
    expect(findingsIn({ 'packages/core/src/a.ts': text })).toEqual([
      "packages/core/src/a.ts:6: core imports 'zod'",
    ]);
  });
});

describe('allows', () => {
  it.each([
    ['packages/core/src/a.ts', "import { b } from './deep/b.ts';"],
    ['packages/core/src/a.test.ts', "import { it } from 'vitest';"],
    ['packages/core/src/a.ts', "/**\n * import { x } from 'zod';\n * import('zod')\n */\n// import('zod')"],
    ['packages/core/src/a.ts', "export const from = 'zod';"],
    ['packages/store/src/a.ts', "import { x } from '@receptionist/core';\nimport { Kysely } from 'kysely';"],
    ['packages/store/src/conformance/a.ts', "import { it } from 'vitest';"],
    ['packages/store/src/a.test.ts', "import { open } from '@receptionist/store';"],
    ['packages/adminctl/src/a.ts', "import { call } from '@receptionist/simulator/caller';"],
    ['test/stories/a.test.ts', "import { start } from 'receptionistd';\nimport { it } from 'vitest';"],
    ['test/bench/a.ts', "import { bundle } from '../../scripts/build.ts';"],
    ['docs/a.md', `${'https://example.com'}/home/index and /run/secrets/name`],
    ['packages/store/dist/a.js', "import 'adminctl';"],
  ])('%s: %s', (file, text) => {
    expect(findingsIn({ [file]: text })).toEqual([]);
  });
});
