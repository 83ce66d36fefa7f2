import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { ROUTES, type StreamMessage } from '@receptionist/admin-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  await desk.call(ROUTES.createTenant, { body: TENANT });
});
afterEach(() => desk.close());

async function entry(reason: 'complaint' | 'emergency' = 'complaint', tenant_id = 't1'): Promise<string> {
  const body = { caller: '+14155550123', reason };
  const { event_id } = await desk.call(ROUTES.createEscalation, { params: { tenant_id }, body });
  await desk.fileEvents();
  const { entry_id } = await desk.call(ROUTES.getEvent, { params: { event_id } });
  return entry_id ?? '';
}

const note = (entry_id: string, text: string) =>
  desk.call(ROUTES.noteEntry, { params: { entry_id }, body: { text } });

/** What comes until `wanted` messages of that kind have come. */
async function heard(
  stream: AsyncGenerator<StreamMessage, void>,
  kind: StreamMessage['kind'],
  wanted = 1,
): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  while (messages.filter((message) => message.kind === kind).length < wanted) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`ended after ${JSON.stringify(messages)}`);
    messages.push(value);
  }
  return messages;
}

const details = (messages: StreamMessage[]) =>
  messages.flatMap((message) => (message.kind === 'entry' ? [message.news.event.detail] : []));

/** Begun, and at its place. */
async function following(options: Parameters<Desk['follow']>[0] = {}) {
  const stream = desk.follow(options);
  return { stream, begun: await heard(stream, options.after ? 'opened' : 'ready') };
}

test('tells of the present first, and then what happens, with the entry as in the list', async () => {
  const entry_id = await entry();
  const { stream, begun } = await following();
  expect(begun).toEqual([{ kind: 'opened' }, { kind: 'ready', position: '1' }]);

  await desk.call(ROUTES.acknowledgeEntry, { params: { entry_id } });
  const [message] = await heard(stream, 'entry');
  const { items } = await desk.call(ROUTES.listEntries, {});
  expect(message).toEqual({
    kind: 'entry',
    position: '2',
    news: {
      event: { at: expect.any(String), actor: 'lex', action: 'acknowledged', detail: null },
      entry: items[0],
    },
  });
});

test('goes on after the last event that came, with everything that nobody listened to', async () => {
  const entry_id = await entry();
  const first = await following();
  await note(entry_id, 'one');
  const [last] = await heard(first.stream, 'entry');
  await first.stream.return();
  for (const text of ['two', 'three']) await note(entry_id, text);

  const { stream } = await following({ after: last && 'position' in last ? last.position : null });
  expect(details(await heard(stream, 'entry', 2))).toEqual(['two', 'three']);
});

test('tells of one tenant or one severity alone', async () => {
  await desk.call(ROUTES.createTenant, { body: { ...TENANT, tenant_id: 't2', numbers: [] } });
  const ofTenant = await following({ query: { tenant_id: 't2' } });
  const critical = await following({ query: { severity: 'critical' } });
  const [, second, third] = [await entry(), await entry('complaint', 't2'), await entry('emergency')];
  expect(await heard(ofTenant.stream, 'entry')).toMatchObject([{ news: { entry: { entry_id: second } } }]);
  expect(await heard(critical.stream, 'entry')).toMatchObject([{ news: { entry: { entry_id: third } } }]);
});

test.each(['x', '-1', '1.5', '9'.repeat(16)])('a Last-Event-ID of %s is refused', async (id) => {
  const answer = await desk.send('GET', '/admin/fallback/stream', { headers: { 'last-event-id': id } });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ code: 'invalid_parameter', errors: [{ path: 'Last-Event-ID' }] });
});

test('a position that is not reached yet is of another database: the client shall list anew', async () => {
  await entry();
  expect(await heard(desk.follow({ after: '99' }), 'reset')).toEqual([
    { kind: 'opened' },
    { kind: 'reset', position: '1' },
  ]);
});

test.each(['?limit=1', '?severity=grave', '?tenant_id='])('%s is refused', async (search) => {
  const answer = await desk.send('GET', `/admin/fallback/stream${search}`);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
});

test('nobody without a token', async () => {
  expect((await desk.send('GET', '/admin/fallback/stream', { token: null })).status).toBe(401);
});

test('a daemon that stops ends its streams, and begins no more', async () => {
  const { stream } = await following();
  desk.entryStream.close();
  expect((await stream.next()).done).toBe(true);
  const answer = await desk.send('GET', '/admin/fallback/stream');
  expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(answer.headers.get('retry-after')).toBe('10');
});

test('there is an end to how many may listen', async () => {
  const token = await desk.token();
  const listen = async () => {
    const request = get(`${desk.base}/admin/fallback/stream`, {
      agent: false,
      headers: { authorization: `Bearer ${token}` },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  };
  const listeners = await Promise.all(Array.from({ length: 100 }, listen));
  expect(listeners.map(({ statusCode }) => statusCode)).toEqual(Array(100).fill(200));
  expect((await listen()).statusCode).toBe(503);
  for (const listener of listeners) listener.destroy();
  await expect.poll(async () => (await listen()).statusCode).toBe(200);
});
