import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Entry, withDefaults } from '@receptionist/core';
import { openStore, type Store } from '@receptionist/store';
import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createProblemHandler } from '../admin/problems.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createSlackRouter } from './slack-router.ts';

const SECRET = 'a-signing-secret-of-the-tests';
const tenant = { tenant_id: 't1', name: 'Northside Dental', time_zone: 'UTC', numbers: [] };

let folder: string;
let store: Store;
let time: Date;
let entry_id: string;
/** What Slack was asked: forms to open, and what was said to one person alone. */
let slack: Server;
let opened: { trigger_id: string; view: Form }[];
let whispers: string[];
let rings: string[];
let lines: string[];
let daemon: Server;

interface Form {
  private_metadata: string;
  blocks: { block_id?: string; element?: { options?: { value: string }[] } }[];
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slack-router-'));
  time = new Date('2026-11-24T18:00:00.000Z');
  [opened, whispers, rings, lines] = [[], [], [], []];
  store = await openStore({ url: `sqlite:${path.join(folder, 'store.db')}`, now: () => time });
  await store.migrations.up();
  entry_id = await fileEntry();
  slack = await listening(
    express()
      .use(express.urlencoded({ extended: false }), express.json())
      .post('/api/views.open', ({ body }, res) => {
        if (body.trigger_id === 'expired') return void res.json({ ok: false, error: 'expired_trigger_id' });
        opened.push({ ...body, view: JSON.parse(body.view) });
        res.json({ ok: true });
      })
      .post('/response', ({ body }, res) => {
        expect(body).toMatchObject({ response_type: 'ephemeral', replace_original: false });
        whispers.push(body.text);
        res.send('ok');
      }),
  );
  daemon = await openDaemon(store);
});

afterEach(async () => {
  for (const server of [slack, daemon]) {
    server.closeAllConnections();
    server.close();
  }
  await store.close();
  await rm(folder, { recursive: true });
});

async function openDaemon(store: Store, signingSecret: string | undefined = SECRET): Promise<Server> {
  const log = createLog({ level: 'debug', secrets: [], write: (line) => lines.push(line) });
  const app = express().use((_req, res, next) => {
    res.locals.request_id = 'rq_test';
    next();
  });
  const router = createSlackRouter({
    store,
    signingSecret,
    slack: { token: 'xoxb-1', apiUrl: `${addressOf(slack)}/api` },
    runbook: 'docs/runbook.md',
    wake: { ring: (kind, id) => rings.push(`${kind} ${id}`) },
    log,
    metrics: createMetrics(),
    now: () => time,
  });
  return listening(app.use('/slack', router).use(createProblemHandler({ log })));
}

async function listening(app: express.Express): Promise<Server> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fileEntry(): Promise<string> {
  const at = time.toISOString();
  return store.transact(async (tx) => {
    if (!(await tx.getTenant('t1'))) await tx.createTenant(withDefaults(tenant), at);
    await tx.emitEscalate({
      ...{
        tenant_id: 't1',
        conversation_id: null,
        channel: 'manual',
        caller: '+14155550123',
        at,
        live: false,
      },
      ...{ reason: 'complaint', reason_detail: null, severity: 'standard' },
      context: { summary: 'complains', live: false, call_sid: null, slots: {}, transcript: [] },
    });
    const [event] = await tx.claimEvents(1);
    if (!event) throw new Error('there is no event');
    return (await tx.fileEntry(event, { slack: null, pagerduty: false, phone: false }, at)).entry_id;
  });
}

interface Sent {
  headers: Record<string, string>;
  body: string;
}

function signed(payload: unknown, body = formOf(payload)): Sent {
  const timestamp = String(Math.floor(time.getTime() / 1_000));
  const hash = createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hash}` };
  return { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body };
}

const formOf = (payload: unknown) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

async function send(request: Sent, to = daemon) {
  const response = await fetch(`${addressOf(to)}/slack/interactions`, { method: 'POST', ...request });
  return { status: response.status, body: await response.text() };
}

let presses = 0;
function pressOf(
  action_id: string,
  { user = 'U0KIM', value = entry_id, trigger_id = `trigger-${presses++}` } = {},
) {
  return {
    ...{ type: 'block_actions', user: { id: user, name: 'somebody' }, team: null, trigger_id },
    actions: [{ type: 'button', action_id, value, action_ts: '1.2' }],
    response_url: `${addressOf(slack)}/response`,
  };
}
const press = (action_id: string, options: Parameters<typeof pressOf>[1] = {}) =>
  send(signed(pressOf(action_id, options)));

function formWith(
  values: { notes?: string | null; tags?: string[]; new_tags?: string | null },
  of = entry_id,
) {
  const { notes = 'Paid back.', tags = [], new_tags = null } = values;
  const state = {
    notes: { notes: { type: 'plain_text_input', value: notes } },
    tags: { tags: { type: 'multi_static_select', selected_options: tags.map((value) => ({ value })) } },
    new_tags: { new_tags: { type: 'plain_text_input', value: new_tags } },
  };
  const view = { callback_id: 'resolve_entry', private_metadata: of, state: { values: state } };
  return { type: 'view_submission', user: { id: 'U0KIM' }, trigger_id: `trigger-${presses++}`, view };
}
async function submit(...args: Parameters<typeof formWith>) {
  const { status, body } = await send(signed(formWith(...args)));
  expect(status).toBe(200);
  return body === '' ? null : JSON.parse(body);
}

const entry = async () => (await store.read.getEntry(entry_id)) as Entry;
const audit = async () => (await store.read.listAudit({}, { limit: 100, cursor: null })).items;
const DONE = { status: 200, body: '' };

describe('a press', () => {
  test('of Acknowledge gives the entry to whoever pressed, with an audit row', async () => {
    expect(await press('acknowledge')).toEqual(DONE);
    expect(await entry()).toMatchObject({ status: 'acknowledged', assignee: 'slack:U0KIM' });
    expect(await audit()).toMatchObject([
      {
        ...{ actor: 'slack:U0KIM', action: 'fallback.acknowledge', target: `fallback:${entry_id}` },
        ...{ request_id: 'rq_test', address: '127.0.0.1' },
      },
    ]);
    expect([rings, whispers]).toEqual([[`entry ${entry_id}`], []]);
  });

  test('counts under the admin name of the person', async () => {
    const people = [{ user: 'kim', phone: null, slack_user_id: 'U0KIM' }];
    const onCall = { people, rotations: [], overrides: [] };
    await store.transact((tx) => tx.putOnCall(onCall, time.toISOString()));
    await press('assign');
    expect(await entry()).toMatchObject({ status: 'open', assignee: 'kim' });
  });

  test('after somebody else changes nothing, and says who has it', async () => {
    await press('acknowledge', { user: 'U0LEX' });
    expect(await press('acknowledge')).toEqual(DONE);
    expect(await entry()).toMatchObject({ assignee: 'slack:U0LEX' });
    expect(whispers).toEqual([expect.stringMatching(/Nothing was changed.*<@U0LEX> since/)]);
    expect(rings).toHaveLength(1);
  });

  test('twice by the same person, or ten at once, is one acknowledgement', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => press('acknowledge', { user: `U${index % 5}` })),
    );
    const history = (await store.read.getEntry(entry_id))?.timeline ?? [];
    expect(history.filter(({ action }) => action === 'acknowledged')).toHaveLength(1);
    expect(whispers).toHaveLength(8);
  });

  test('that is sent again does nothing, even where it could', async () => {
    const request = signed(pressOf('assign'));
    await send(request);
    await store.transact((tx) =>
      tx.moveEntry(entry_id, { move: 'assign', assignee: 'lex' }, 'lex', time.toISOString()),
    );
    expect(await send(request)).toEqual(DONE);
    expect(await entry()).toMatchObject({ assignee: 'lex' });
    expect([rings.length, whispers, (await audit()).length]).toEqual([1, [], 1]);
  });

  test('that was refused does nothing when it is sent again', async () => {
    await press('acknowledge', { user: 'U0LEX' });
    const request = signed(pressOf('acknowledge'));
    await send(request);
    const at = time.toISOString();
    await store.transact((tx) =>
      tx.moveEntry(entry_id, { move: 'resolve', notes: 'x', tags: [] }, 'lex', at),
    );
    await store.transact((tx) => tx.moveEntry(entry_id, { move: 'reopen', notes: 'x' }, 'lex', at));
    await send(request);
    expect(await entry()).toMatchObject({ status: 'open' });
  });

  test('on an entry that is gone says so', async () => {
    expect(await press('acknowledge', { value: 'fb_gone' })).toEqual(DONE);
    expect(whispers).toEqual([expect.stringContaining('no entry fb_gone')]);
  });

  test('that cannot be recorded is told, and logged', async () => {
    const away = await openDaemon({ ...store, transact: () => Promise.reject(new Error('disk full')) });
    expect(await send(signed(pressOf('acknowledge')), away)).toEqual(DONE);
    away.close();
    expect(whispers).toEqual([expect.stringContaining('Please press again')]);
    expect(lines.join()).toContain('disk full');
  });

  test('of Runbook says what to do', async () => {
    expect(await press('runbook')).toEqual(DONE);
    expect(whispers).toEqual([expect.stringContaining('docs/runbook.md')]);
  });
});

describe('the form that resolves an entry', () => {
  test('offers the tags of before, and takes notes, chosen tags and new ones', async () => {
    const at = time.toISOString();
    const tag = { move: 'tag', add: ['refund', 'angry'], remove: [] } as const;
    await store.transact((tx) =>
      tx.moveEntry(entry_id, { ...tag, add: [...tag.add], remove: [] }, 'lex', at),
    );
    entry_id = await fileEntry();
    expect(await press('resolve')).toEqual(DONE);
    const [{ view } = { view: null }] = opened;
    expect(view?.private_metadata).toBe(entry_id);
    const offered = view?.blocks.find(({ block_id }) => block_id === 'tags')?.element?.options ?? [];
    expect(offered.map(({ value }) => value).sort()).toEqual(['angry', 'refund']);

    const card = 'Card 4111 1111 1111 1111 was charged back';
    expect(await submit({ notes: card, tags: ['refund'], new_tags: 'happy, , twice,refund' })).toBeNull();
    const { status, resolved_by, resolution_notes, tags } = await entry();
    expect({ status, resolved_by, tags }).toEqual({
      ...{ status: 'resolved', resolved_by: 'slack:U0KIM', tags: ['happy', 'refund', 'twice'] },
    });
    expect(resolution_notes).toBe('Card [card number] was charged back');
    expect((await audit())[0]).toMatchObject({ action: 'fallback.resolve' });
    expect(rings).toEqual([`entry ${entry_id}`]);
  });

  test('is opened for nothing that is resolved or gone', async () => {
    await submit({});
    await press('resolve');
    await press('resolve', { value: 'fb_gone' });
    expect(opened).toEqual([]);
    expect(whispers).toEqual([
      expect.stringContaining('*Resolved*'),
      expect.stringContaining('no entry fb_gone'),
    ]);
  });

  test('that Slack does not open is told', async () => {
    await press('resolve', { trigger_id: 'expired' });
    expect(whispers).toEqual([expect.stringContaining('could not be opened')]);
  });

  test.each([
    ['no notes', { notes: null }, 'notes', /blank|missing/],
    ['blank notes', { notes: ' \n ' }, 'notes', /blank/],
    ['notes that are too long', { notes: 'x'.repeat(3_001) }, 'notes', /3000 characters/],
    ['a tag that is too long', { new_tags: 'x'.repeat(65) }, 'new_tags', /64 characters/],
    ['too many tags', { new_tags: Array.from({ length: 51 }, (_, n) => `t${n}`).join() }, 'new_tags', /./],
  ])('with %s is sent back', async (_what, values, field, words) => {
    expect(await submit(values)).toEqual({
      response_action: 'errors',
      errors: { [field]: expect.stringMatching(words) },
    });
    expect(await entry()).toMatchObject({ status: 'open' });
  });

  test('of an entry that was resolved meanwhile, or is gone, says so', async () => {
    const at = time.toISOString();
    await store.transact((tx) =>
      tx.moveEntry(entry_id, { move: 'resolve', notes: 'Done.', tags: [] }, 'lex', at),
    );
    const errors = { notes: 'lex resolved it at 2026-11-24 18:00 UTC. Nothing was changed.' };
    expect(await submit({})).toEqual({ response_action: 'errors', errors });
    expect((await submit({}, 'fb_gone')).errors.notes).toContain('no such entry');
  });

  test('that is sent again closes, and does nothing', async () => {
    const request = signed(formWith({}));
    await send(request);
    expect(await send(request)).toEqual(DONE);
    expect(await audit()).toHaveLength(1);
  });
});

describe('a request', () => {
  test('that is not from Slack gets 401 and leaves no trace', async () => {
    const { headers, body } = signed(pressOf('acknowledge'));
    const forged = { ...headers, 'x-slack-signature': `v0=${'0'.repeat(64)}` };
    expect(await send({ headers: forged, body })).toEqual({
      status: 401,
      body: expect.stringContaining('not accepted'),
    });
    time = new Date(time.getTime() + 301_000);
    expect((await send({ headers, body })).status).toBe(401);
    expect(await entry()).toMatchObject({ status: 'open' });
    expect([await audit(), whispers]).toEqual([[], []]);
  });

  test('is refused without a signing secret, which is said once', async () => {
    const closed = await openDaemon(store, '');
    for (let time = 0; time < 3; time++)
      expect((await send(signed(pressOf('assign')), closed)).status).toBe(401);
    closed.close();
    expect(lines.filter((line) => line.includes('SLACK_SIGNING_SECRET'))).toHaveLength(1);
  });

  test.each([
    ['no form', '{"type":"block_actions"}'],
    ['no payload', 'a=b'],
    ['a payload that is no JSON', 'payload=%7Bbroken'],
    ['nothing', ''],
  ])('with %s gets 400', async (_what, body) => {
    expect((await send(signed(null, body))).status).toBe(400);
  });

  test.each([
    ['null', null],
    ['a list', []],
    ['another kind', { type: 'message_action', user: { id: 'U0KIM' } }],
    ['a closed view', { type: 'view_closed', view: { private_metadata: 'fb_1' } }],
    [
      "somebody else's form",
      { ...formWith({}, 'fb_1'), view: { callback_id: 'other', private_metadata: 'fb_1' } },
    ],
    ['an action of wrong shape', { type: 'block_actions', user: 7, actions: 'acknowledge' }],
  ])('that is %s is answered, and does nothing', async (_what, payload) => {
    expect(await send(signed(payload))).toEqual(DONE);
  });

  test('for a button that is not ours, or an id that cannot be one, is answered and does nothing', async () => {
    expect(await press('approve_expense')).toEqual(DONE);
    expect(await press('acknowledge', { value: 'fb_1\u0000' })).toEqual(DONE);
    expect([whispers, rings]).toEqual([[], []]);
  });

  test('may hold a whole message, and no more than a megabyte', async () => {
    const message = { ts: '1.2', blocks: ['x'.repeat(300_000)] };
    expect(await send(signed({ ...pressOf('acknowledge'), message }))).toEqual(DONE);
    expect(await entry()).toMatchObject({ status: 'acknowledged' });
    expect((await send(signed(null, `payload=${'x'.repeat(1_100_000)}`))).status).toBe(413);
  });

  test('must be a POST', async () => {
    expect((await fetch(`${addressOf(daemon)}/slack/interactions`)).status).toBe(405);
  });
});
