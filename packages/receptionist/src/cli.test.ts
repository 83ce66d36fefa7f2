import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from './cli.ts';

let out: string[];
let err: string[];
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cli-'));
  [out, err] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((line) => void out.push(String(line)));
  vi.spyOn(console, 'error').mockImplementation((line) => void err.push(String(line)));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(out.push(String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(err.push(String(text))));
});

const receptionistd = (argv: string[], environment: Record<string, string> = {}) =>
  run(argv, {
    environment: { DATABASE_URL: `sqlite:${path.join(directory, 'test.db')}`, ...environment },
    directory,
  });

describe('receptionistd', () => {
  it.each([
    ['an unknown command', ['sing']],
    ['an unknown flag', ['serve', '--loud']],
    ['an unknown role', ['serve', '--role', 'boss']],
    ['an unknown command of migrate', ['migrate', 'sideways']],
    ['a missing command of migrate', ['migrate']],
  ])('ends with 2 for %s', async (_what, argv) => {
    expect(await receptionistd(argv)).toBe(2);
    expect(err.join('')).not.toBe('');
    expect(out).toEqual([]);
  });

  it.each([
    ['an unknown flag', ['migrate', 'status', '--loud', '--json'], "unknown option '--loud'"],
    ['a flag that says nothing', ['migrate', '--json', 'up', '--wait', 'long'], /'long' is invalid/],
    ['a missing command', ['migrate', '--json'], 'a command is missing'],
  ])('tells a script of %s of migrate on stdout alone', async (_what, argv, message) => {
    expect(await receptionistd(argv)).toBe(2);
    expect(err).toEqual([]);
    expect(JSON.parse(out.join(''))).toEqual({
      error: { code: 'usage', message: expect.stringMatching(message), hint: expect.any(String) },
    });
  });

  it.each([[['--help']], [['serve', '--help']], [['--version']], [['version']]])(
    'ends with 0 for %s',
    async (argv) => {
      expect(await receptionistd(argv)).toBe(0);
      expect(out.join('')).not.toBe('');
    },
  );

  it('lists every mistake in the settings, one a line, and ends with 1', async () => {
    expect(await receptionistd(['check-config'], { PORT: 'x', APP_ENV: 'x' })).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(/^receptionistd: APP_ENV must be/),
      expect.stringMatching(/^receptionistd: PORT must be/),
    ]);
    expect(await receptionistd(['serve'], { PORT: 'x' })).toBe(1);
  });

  it('says that settings are good', async () => {
    expect(await receptionistd(['check-config'])).toBe(0);
    expect(out).toEqual(['The settings are good.']);
  });

  it('lists migrations, applies them, and ends with 7 where some were pending and it was asked to', async () => {
    expect(await receptionistd(['migrate', 'status'])).toBe(0);
    expect(out).toContainEqual(expect.stringMatching(/^0001_\w+ +expand +pending$/));
    expect(await receptionistd(['migrate', 'status', '--exit-code'])).toBe(7);
    expect(await receptionistd(['migrate', 'up'])).toBe(0);
    expect(out).toContainEqual(expect.stringMatching(/^applied 0001_/));
    expect(await receptionistd(['migrate', 'status', '--exit-code'])).toBe(0);
  });

  it('prints one JSON document where it was asked to', async () => {
    await receptionistd(['migrate', 'up', '--json']);
    expect(JSON.parse(out.join(''))).toMatchObject({
      done: expect.arrayContaining([expect.stringMatching(/^0001_/)]),
      failed: null,
      not_run: [],
    });
    out = [];
    await receptionistd(['migrate', 'status', '--json']);
    expect(JSON.parse(out.join(''))).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: '0001_first_call', state: 'applied' })]),
      next_cursor: null,
    });
  });

  it('ends with 6 where the database cannot be reached', async () => {
    expect(await receptionistd(['migrate', 'status'], { DATABASE_URL: 'sqlite:/dev/null/test.db' })).toBe(6);
    expect(err).toHaveLength(1);
  });
});
