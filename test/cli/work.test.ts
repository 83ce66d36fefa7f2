/** What people do with adminctl, from the first key to a human who has resolved a call. */
import { spawnSync } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Entry, FlagEvaluation } from '@receptionist/core';
import type { AuditRow } from '@receptionist/store';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { northside } from '../harness/tenants.ts';
import { ADMINCTL, type Office, openOffice, type RunOptions } from './office.ts';

interface Results {
  results: { id: string; ok: boolean; error: { code: string } | null }[];
}

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

/** Typed as a person types it; must go well. */
async function typed(line: string, options?: RunOptions): Promise<string> {
  const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  const { code, out, err } = await office.adminctl(words.slice(1), options);
  expect({ code, err: code === 0 ? '' : err }, line).toEqual({ code: 0, err: '' });
  return out;
}

async function asked<T = Record<string, unknown>>(line: string, options?: RunOptions): Promise<T> {
  return JSON.parse(await typed(`${line} --json`, options));
}

test('the three admin commands, word for word, show in show-flags, in the audit and in the next call', async () => {
  await typed('adminctl set-plan --tenant t1 --plan core --admin-user lex');
  await typed('adminctl set-flag --tenant t1 --flag allow_rag --enable true --admin-user lex');
  expect(await typed('adminctl show-flags --tenant t1')).toMatch(
    /^allow_rag +true +set for this tenant +lex /m,
  );

  const audit = await asked<{ items: AuditRow[] }>('adminctl audit list --actor lex');
  expect(audit.items.map(({ action, target }) => `${action} ${target}`)).toEqual([
    'flag.set tenant:t1',
    'plan.set tenant:t1',
  ]);

  await typed('adminctl simulate call --tenant t1 --script -', {
    input: '? thank you for calling\n[hang up]\n',
  });
  const id = await typed('adminctl conversation list --tenant t1 --limit 1 -o name');
  const { flags, simulated } = await asked<{ flags: FlagEvaluation[]; simulated: boolean }>(
    `adminctl conversation show ${id} --tenant t1`,
  );
  expect(simulated).toBe(true);
  expect(flags).toContainEqual(
    expect.objectContaining({ flag: 'allow_rag', enabled: true, source: 'tenant', updated_by: 'lex' }),
  );
});

test('enable_rag is another name of allow_rag, and a setting can be taken back', async () => {
  expect(await asked('adminctl set-flag --tenant t1 --flag enable_rag --unset')).toMatchObject({
    flag: 'allow_rag',
    enabled: false,
    source: 'safe_default',
  });
});

test('an entry goes from the list to resolved, each answer naming the next command', async () => {
  const id = await office.entry();
  const ending = id.slice(-8);
  expect(await typed('adminctl fallback')).toContain(id.slice(-6));
  expect(await typed(`adminctl fallback show ${ending}`)).toContain('asked for a person');

  const said = await office.adminctl(['fallback', 'ack', ending, '--admin-user', 'lex']);
  expect(said.out).toContain('is acknowledged, with lex; engage in');
  expect(said.err).toBe(`Next: adminctl fallback engage ${id.slice(-6)} --how "called back"`);
  const held = await office.adminctl(['fallback', 'ack', ending, '--admin-user', 'kim']);
  expect(held.code).toBe(5);
  expect(held.err).toContain('lex');

  await typed(`adminctl fallback engage ${ending} --how "called back" --admin-user lex`);
  await typed(`adminctl fallback note ${ending} --text "voicemail"`);
  await typed(`adminctl fallback tag ${ending} --add later --add insurance`);
  await typed(`adminctl fallback assign ${ending} --to sam`);
  await typed(`adminctl fallback resolve ${ending} --notes "booked" --tag booking`);
  const entry = await asked(`adminctl fallback show ${id}`);
  expect(entry).toMatchObject({
    status: 'resolved',
    assignee: 'sam',
    tags: ['booking', 'insurance', 'later'],
  });
  expect(await typed('adminctl fallback list')).toBe('');
  await typed(`adminctl fallback reopen ${ending} --notes "called again"`);
  expect((await asked<{ items: Entry[] }>('adminctl fallback list --status open')).items).toHaveLength(1);
  await typed(`adminctl fallback resolve ${ending} --notes "done"`);
});

test('ids flow from a list through one move into the next; who fails is named, and the highest code counts', async () => {
  const ids = [await office.entry(), await office.entry()];
  const names = await typed('adminctl fallback list -o name');
  expect(names.split('\n').sort()).toEqual(ids.toSorted());

  const acknowledged = await typed('adminctl fallback ack - --json', { input: names });
  expect(JSON.parse(acknowledged).results).toHaveLength(2);
  const resolved = await asked<Results>('adminctl fallback resolve - --notes done', { input: acknowledged });
  expect(resolved.results.every(({ ok, error }) => ok && error === null)).toBe(true);

  const again = await office.adminctl(['fallback', 'resolve', ...ids, 'fb_0', '--notes', 'done', '--json']);
  expect(again.code).toBe(5);
  const { results } = JSON.parse(again.out) as Results;
  expect(results.map(({ id, error }) => [id, error?.code])).toEqual([
    [ids[0], 'invalid_transition'],
    [ids[1], 'invalid_transition'],
    ['fb_0', 'not_found'],
  ]);
});

test('a tenant goes out as YAML and comes back identical', async () => {
  const yaml = await typed('adminctl tenant export t1');
  expect(parse(yaml)).toEqual({ ...northside(), plan: 'core' });
  await typed('adminctl tenant import -', { input: yaml });
  expect(await typed('adminctl tenant export t1')).toBe(yaml);
});

test('a tenant is made, changed, given a number and called', async () => {
  await typed('adminctl tenant create t2 --name "Harbor Vets" --time-zone America/New_York');
  await typed('adminctl number add +15005550007 --tenant t2');
  await typed('adminctl tenant update t2 --greeting "Harbor Vets, good day."');
  const call = await typed('adminctl simulate call --tenant t2 --anonymous --script -', {
    input: '[hang up]',
  });
  expect(call).toContain('receptionist: Harbor Vets, good day.');
  const numbers = await asked('adminctl number list --tenant t2');
  expect(numbers).toEqual({
    items: [{ number: '+15005550007', tenant_id: 't2', name: 'Harbor Vets' }],
    next_cursor: null,
  });
  await typed('adminctl number remove +15005550007');
  expect((await asked('adminctl tenant show t2')).numbers).toEqual([]);
});

test('a flag is set for every tenant that a pipe names', async () => {
  const names = await typed('adminctl tenant list -o name');
  const set = await asked<Results>(
    'adminctl set-flag --tenant - --flag require_human_review --enable false',
    {
      input: names,
    },
  );
  expect(set.results.map(({ id, ok }) => [id, ok])).toEqual([
    ['t1', true],
    ['t2', true],
  ]);
});

test('init makes a key once, for its owner alone, and the daemon gets its line', async () => {
  const file = path.join(office.home, '.adminctl.env');
  const env = { ADMIN_PRIVATE_KEY: undefined };
  const line = await typed('adminctl init', { env });
  expect(line).toMatch(/^ADMIN_PRIVATE_KEY=[\w-]{43}$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain(line);

  const again = await office.adminctl(['init'], { env });
  expect(again.code).toBe(5);
  expect(again.err).toContain('ADMIN_PRIVATE_KEY');
  expect(again.err).not.toContain(line);
  const forced = await asked('adminctl init --force', { env });
  expect(forced).toEqual({ file, replaced: true, daemon_line: expect.not.stringContaining(line) });
});

test('a token is one that the daemon takes', async () => {
  const token = await typed('adminctl token');
  const answer = await fetch(`${office.url}/admin/tenants`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
});

test('migrate runs the daemon, and passes on what it says and how it ends', async () => {
  const env = { DATABASE_URL: `sqlite:${path.join(office.home, 'fresh.db')}` };
  expect((await office.adminctl(['migrate', 'status', '--exit-code'], { env })).code).toBe(7);
  await typed('adminctl migrate up', { env });
  expect((await office.adminctl(['migrate', 'status', '--exit-code'], { env })).code).toBe(0);

  const unfit = { env: { ...env, PORT: 'many' } };
  expect(await office.adminctl(['migrate', 'up'], unfit)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('PORT'),
  });
  const { code, out } = await office.adminctl(['migrate', 'up', '--json'], unfit);
  expect(code).toBe(1);
  expect(JSON.parse(out).error).toMatchObject({ code: 'failed', message: expect.stringContaining('PORT') });
});

test('a text by script: what came back stands in it', async () => {
  const text = ['simulate', 'text', '--tenant', 't1', '--script', '-'];
  const { code, out } = await office.adminctl(text, { input: 'Where are you?\n? 12 Harbor Street\n' });
  expect(code).toBe(0);
  expect(out).toMatch(/^caller: Where are you\?\nreceptionist: .*12 Harbor Street/);
  const missed = await office.adminctl([...text, '--whatsapp', '--json'], { input: 'hello\n? the moon\n' });
  expect(missed.code).toBe(7);
  expect(JSON.parse(missed.out)).toMatchObject({
    ok: false,
    failures: [{ line: 2 }],
    replies: [{ status: 'delivered', error_code: null }],
  });
});

test('stdout has no colours in a pipe, and has them where they are forced', async () => {
  const list = ['tenant', 'list'];
  expect((await office.adminctl(list)).out).not.toContain('\u001b[');
  expect((await office.adminctl(list, { env: { FORCE_COLOR: '1' } })).out).toContain('\u001b[1m');
  expect((await office.adminctl([...list, '--no-color'], { env: { FORCE_COLOR: '1' } })).out).not.toContain(
    '\u001b[',
  );
  expect((await office.adminctl([...list, '--json'], { env: { FORCE_COLOR: '1' } })).out).not.toContain(
    '\u001b[',
  );
});

test('a reader that has enough ends it quietly', async () => {
  const child = execa(ADMINCTL, ['audit', 'list'], {
    env: office.env,
    extendEnv: false,
    reject: false,
    buffer: { stdout: false },
  });
  child.stdout.destroy();
  expect(await child).toMatchObject({ exitCode: 0, stderr: '' });
});

test('output that cannot be written is said in a sentence', async (context) => {
  const full = await open('/dev/full', 'w').catch(() => context.skip('there is no /dev/full here'));
  const { status, stderr } = spawnSync(ADMINCTL, ['audit', 'list'], {
    env: office.env,
    stdio: ['ignore', full.fd, 'pipe'],
  });
  await full.close();
  expect(stderr.toString()).toBe('Error: The output cannot be written (ENOSPC).\n');
  expect(status).toBe(1);
});
