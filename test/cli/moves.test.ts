/** Moves on many entries at once, what is refused and why, and the queue as a file. */
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { createAdminClient, ROUTES } from '@receptionist/admin-api';
import type { EntryWithHistory } from '@receptionist/core';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMINCTL, KEY, type Office, openOffice } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const typed = (...words: string[]) => office.adminctl(['fallback', ...words]);

async function resolvedByLex(): Promise<string> {
  const entry_id = await office.entry();
  const lex = createAdminClient({ baseUrl: office.url, key: KEY, user: 'lex', timeoutMs: 5_000 });
  await lex.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes: 'spam', tags: ['spam'] } });
  return entry_id;
}

describe('somebody else was faster', () => {
  test('resolved: who, when, with which notes, and how it is opened again', async () => {
    const id = await resolvedByLex();
    const { code, out, err } = await typed('resolve', id, '--notes', 'done');
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(new RegExp(`${id} is resolved: lex resolved it \\ds ago: spam\\.\n`));
    expect(err).toContain(`adminctl fallback reopen ${id.slice(-6)} --notes "why"`);
  });

  test('acknowledged: who has it, and how it is taken over', async () => {
    const id = await office.entry();
    await typed('ack', id, '--admin-user', 'lex');
    const { code, err } = await typed('ack', id);
    expect(code).toBe(5);
    expect(err).toMatch(new RegExp(`lex has ${id}: lex acknowledged it \\ds ago\\.\n`));
    expect(err).toContain(`adminctl fallback assign ${id.slice(-6)} --to kim`);
    await typed('resolve', id, '--notes', 'done');
  });

  test('of several, those that were free are moved; the others are told, with the highest exit code', async () => {
    const [taken, free] = [await resolvedByLex(), await office.entry()];
    const { code, out } = await typed('resolve', taken, free, 'zzzzzz', '--notes', 'done', '--json');
    expect(code).toBe(5);
    expect(JSON.parse(out)).toEqual({
      results: [
        { id: taken, ok: false, error: expect.objectContaining({ message: expect.stringContaining('lex') }) },
        { id: free, ok: true, error: null },
        { id: 'zzzzzz', ok: false, error: expect.objectContaining({ code: 'not_found' }) },
      ],
    });
  });
});

test('whoever acknowledges reads whom to call', async () => {
  const id = await office.entry();
  const { out } = await typed('ack', id);
  expect(out).toContain('+14155550123 asked for a person');
  await typed('resolve', id, '--notes', 'done');
});

test('at 3 am: from the command of the alert to resolved in three, each naming the next', async () => {
  const id = await office.entry();
  const commands = [`adminctl fallback ack ${id} --admin-user kim`];
  for (const command of commands) {
    const words = (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
    const { code, err } = await office.adminctl(words.slice(1));
    expect(code, command).toBe(0);
    commands.push(...[...err.matchAll(/^Next: (.*)$/gm)].map(([, next = '']) => next));
  }
  expect(commands.map((command) => command.split(' ')[2])).toEqual(['ack', 'engage', 'resolve']);
  const { status } = await office.api.call(ROUTES.getEntry, { params: { entry_id: id } });
  expect(status).toBe('resolved');
});

describe('notes', () => {
  test('of 10,000 characters are fine, from stdin too, and one more is told before anything is sent', async () => {
    const id = await office.entry();
    const note = ['fallback', 'note', id, '--text', '-'];
    expect(await office.adminctl(note, { input: 'é'.repeat(10_000) })).toMatchObject({ code: 0 });
    const { code, err } = await office.adminctl(note, { input: 'é'.repeat(10_001) });
    expect(code).toBe(2);
    expect(err).toContain('--text has 10001 characters; an entry takes 10000 at once.');
    const offDuty = { env: { ADMIN_API_URL: 'http://127.0.0.1:1' } };
    const tooLong = ['fallback', 'resolve', id, '--notes', 'x'.repeat(10_001)];
    expect(await office.adminctl(tooLong, offDuty)).toMatchObject({ code: 2, out: '' });
    await typed('resolve', id, '--notes', 'done');
  });

  test.each([
    [['resolve', 'fb_1'], '--notes is missing'],
    [['resolve', 'fb_1', '--no-input'], '--notes is missing'],
    [['resolve', 'fb_1', '--notes', ' '], '--notes is blank'],
    [['resolve', '-', '--notes', '-'], 'Stdin has the ids already'],
    [['reopen', 'fb_1'], '--notes is missing'],
    [['note', 'fb_1', '--text', ''], '--text is blank'],
  ])('%j is wrong usage: %s', async (words, words2) => {
    const { code, out, err } = await typed(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words2);
  });
});

test.each([
  'extension 12',
  '4155550123',
  '+1',
  '+44 (0)20 7946 0000',
  '+1 415 555 0123 ext 4',
  '++14155550123',
])('join --phone "%s" is refused before anything is sent, with an example', async (phone) => {
  const offDuty = { env: { ADMIN_API_URL: 'http://127.0.0.1:1' } };
  const { code, err } = await office.adminctl(['fallback', 'join', 'fb_1', '--phone', phone], offDuty);
  expect(code).toBe(2);
  expect(err).toContain('+14155550123');
});

test('join without a phone rings your own, or asks for one', async () => {
  const { code, err } = await typed('join', 'fb_1');
  expect(code).toBe(2);
  expect(err).toContain('--phone +14155550101');
});

test.each([
  ['fallback lits', 'list'],
  ['fallback resolv fb_1', 'resolve'],
  ['fallback resolve fb_1 --note x', '--notes'],
  ['fallback list --status opne', 'open'],
  ['fallback list --reason complain', 'complaint'],
  ['fallback export --format cvs', 'csv'],
])('adminctl %s: suggests %s, and does nothing', async (line, meant) => {
  const { code, out, err } = await office.adminctl(line.split(' '));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(new RegExp(`Did you mean "?[\\w -]*${meant}"?\\?`));
});

describe('export', () => {
  let id: string;
  beforeAll(async () => {
    id = await office.entry();
    await typed('note', id, '--text', 'says "hi"');
    await typed('resolve', id, '--notes', '=HYPERLINK("http://evil.example")', '--tag', 'a', '--tag', 'b');
  });

  test('a line for each entry, with its history', async () => {
    const { code, out } = await typed('export', '--status', 'resolved');
    expect(code).toBe(0);
    const entries: EntryWithHistory[] = out.split('\n').map((line) => JSON.parse(line));
    expect(entries[0]).toMatchObject({ entry_id: id, context: { transcript: [] }, tags: ['a', 'b'] });
    expect(entries[0]?.timeline.map(({ action }) => action)).toContain('noted');
    expect((await typed('export', '--json')).out).toBe((await typed('export')).out);
  });

  test('CSV: quoted, phone numbers as they are, and no formulas', async () => {
    const { out } = await typed('export', '--format', 'csv', '--status', 'resolved');
    const [header, first = ''] = out.split('\r\n');
    expect(header).toMatch(/^entry_id,tenant_id,.*,resolution_notes,tags$/);
    expect(first).toContain(`${id},t1,,manual,+14155550123,caller_asked_for_human,`);
    expect(first).toContain(`"'=HYPERLINK(""http://evil.example"")",a; b`);
  });

  test('a file is for its owner, and is there only when it is whole', async () => {
    const file = path.join(office.home, 'entries.csv');
    expect((await typed('export', '--format', 'csv', '-o', file)).err).toMatch(
      /^\d+ entries are in .*entries\.csv\.$/,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await readFile(file, 'utf8');
    const away = ['fallback', 'export', '-o', file, '--api-url', 'http://127.0.0.1:1'];
    expect(await office.adminctl(away)).toMatchObject({ code: 6 });
    expect(await readFile(file, 'utf8')).toBe(before);
    expect((await readdir(office.home)).filter((name) => name.includes('unfinished'))).toEqual([]);
    expect((await typed('export', '-o', '/nowhere/entries.csv')).err).toContain('cannot be written (ENOENT)');
  });

  test('--json is not CSV', async () => {
    expect(await typed('export', '--json', '--format', 'csv')).toMatchObject({ code: 2 });
  });

  test('a reader that has enough ends it quietly, while pages still come', async () => {
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const item = { entry_id: 'fb_1', tags: [] };
      const isList = request.url?.startsWith('/admin/fallback?');
      response.end(JSON.stringify(isList ? { items: Array(100).fill(item), next_cursor: 'more' } : item));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const child = execa(ADMINCTL, ['fallback', 'export', '--format', 'csv'], {
      env: { ...office.env, ADMIN_API_URL: `http://127.0.0.1:${port}` },
      extendEnv: false,
      reject: false,
      buffer: { stdout: false },
    });
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await child).toMatchObject({ exitCode: 0, stderr: '' });
    server.close();
  });
});
