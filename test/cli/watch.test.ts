/** What a person and a script see of entries while things happen: the list, one entry, and the live stream of lines. */
import { createAdminClient, type EntryNews, ROUTES } from '@receptionist/admin-api';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDatabase } from '../harness/database.ts';
import { freePort } from '../harness/free-port.ts';
import { northside } from '../harness/tenants.ts';
import { ADMINCTL, environment, KEY, type Office, openDaemon, openOffice, runAdminctl } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

/** `fallback watch` in a pipe. */
function watch(words: string[] = [], env = office.env) {
  const child = execa(ADMINCTL, ['fallback', 'watch', ...words], { env, extendEnv: false, reject: false });
  const news: EntryNews[] = [];
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk;
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    news.push(...lines.map((line): EntryNews => JSON.parse(line)));
  });
  return { child, news, told: () => told };
}

const note = (entry_id: string, text: string) =>
  office.api.call(ROUTES.noteEntry, { params: { entry_id }, body: { text } });

const notesIn = (news: EntryNews[]) =>
  news.filter(({ event }) => event.action === 'noted').map(({ event }) => event.detail);

/** What is said before it listens is not for it, so it is said until it is heard. */
async function untilHeard(entry_id: string, { news }: ReturnType<typeof watch>): Promise<void> {
  await expect
    .poll(
      async () => {
        await note(entry_id, 'are you there?');
        return news.length;
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBeGreaterThan(0);
}

test('in a pipe each event is a line of JSON, and --exit-on ends it', async () => {
  const entry_id = await office.entry();
  const watching = watch(['--exit-on', 'resolved', '--tenant', 't1']);
  await untilHeard(entry_id, watching);
  await office.adminctl(['fallback', 'ack', entry_id]);
  await office.adminctl(['fallback', 'resolve', entry_id, '--notes', 'done']);
  expect(await watching.child).toMatchObject({ exitCode: 0, stderr: '' });
  const last = watching.news.at(-1);
  expect(last).toMatchObject({
    event: { actor: 'kim', action: 'resolved' },
    entry: { entry_id, status: 'resolved' },
  });
  expect(Object.keys(last ?? {})).toEqual(['event', 'entry']);
});

test('--mine has what is yours alone', async () => {
  const [mine, other] = [await office.entry(), await office.entry()];
  await office.adminctl(['fallback', 'ack', mine]);
  const watching = watch(['--mine', '--json']);
  await untilHeard(mine, watching);
  await note(other, 'not for kim');
  await note(mine, 'for kim');
  await expect.poll(() => notesIn(watching.news), { timeout: 10_000 }).toContain('for kim');
  expect(notesIn(watching.news)).not.toContain('not for kim');
  watching.child.kill('SIGINT');
  expect((await watching.child).exitCode).toBe(130);
});

test('a reader that has enough ends it quietly', async () => {
  const entry_id = await office.entry();
  const watching = watch();
  await untilHeard(entry_id, watching);
  watching.child.stdout.destroy();
  await note(entry_id, 'nobody reads this');
  expect(await watching.child).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a daemon that is away is waited for, and nothing is missed meanwhile', async () => {
  const database = await makeDatabase();
  const PORT = String(await freePort());
  const settings = { DATABASE_URL: database.url, PORT };
  let daemon = await openDaemon(office.home, settings);
  const env = environment(office.home, daemon.url);
  const client = createAdminClient({ baseUrl: daemon.url, key: KEY, user: 'lex', timeoutMs: 5_000 });
  await client.call(ROUTES.createTenant, { body: northside() });
  const watching = watch([], env);
  const file = () =>
    client.call(ROUTES.createEscalation, {
      params: { tenant_id: 't1' },
      body: { caller: null, reason: 'complaint' },
    });
  await expect
    .poll(
      async () => {
        await file();
        return watching.news.length;
      },
      { timeout: 10_000, interval: 300 },
    )
    .toBeGreaterThan(0);
  await daemon.stop();
  await expect.poll(watching.told, { timeout: 10_000 }).toContain('Trying again in 1 s.');
  daemon = await openDaemon(office.home, settings);
  const listed = await runAdminctl(['fallback', 'list', '-o', 'name', '--limit', '1'], env);
  await runAdminctl(['fallback', 'note', listed.out, '--text', 'while nobody listened'], env);
  await expect.poll(() => notesIn(watching.news), { timeout: 15_000 }).toEqual(['while nobody listened']);
  watching.child.kill('SIGINT');
  await watching.child;
  await daemon.stop();
  await database.remove();
});

test('show ends with what to do next, as it is typed', async () => {
  const entry_id = await office.entry();
  const { out } = await office.adminctl(['fallback', 'show', entry_id.slice(-8)]);
  expect(out).toMatch(new RegExp(`What to do next\\n  adminctl fallback ack ${entry_id.slice(-6)}\\n`));
});
