import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { startApp } from '../caller/test-app.ts';
import { type PagerDutyFailure, type PagerDutyOptions, startPagerDuty } from './pagerduty.ts';
import { signPagerDuty } from './pagerduty-webhooks.ts';
import { callWebhook } from './webhook-sender.ts';

const KEY = 'R0123456789abcdef0123456789abcde';
const SECRET = 'a-webhook-secret';
const LEX = { id: 'PLH1HKV', name: 'Lex Luthor' };
const NOON = Date.UTC(2026, 10, 22, 12);

async function start(options: Partial<PagerDutyOptions> = {}) {
  const pagerDuty = await startPagerDuty({ routingKey: KEY, now: () => NOON, ...options });
  onTestFinished(pagerDuty.close);
  const enqueue = async (event: unknown) => {
    const response = await fetch(`${pagerDuty.url}/v2/enqueue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof event === 'string' ? event : JSON.stringify(event),
      signal: AbortSignal.timeout(300),
    });
    return { status: response.status, answer: (await response.json()) as { dedup_key: string } };
  };
  const trigger = (summary = 'A caller waits.') => enqueue(triggering({ summary }));
  const answerTo = (event_action: string) => enqueue({ routing_key: KEY, event_action, dedup_key: 'fb_1.1' });
  return { pagerDuty, enqueue, trigger, answerTo };
}

function triggering(payload: object = {}, event: object = {}) {
  return {
    ...{ routing_key: KEY, event_action: 'trigger', dedup_key: 'fb_1.1' },
    payload: { summary: 'A caller waits.', source: 'receptionistd', severity: 'critical', ...payload },
    ...event,
  };
}

async function withWebhook(options: Partial<PagerDutyOptions['webhook'] & object> = {}) {
  const app = await startApp({ '/hook': { status: 202, body: 'taken' } });
  const webhook = { url: () => `${app.origin}/hook`, secret: SECRET, ...options };
  return { app, ...(await start({ webhook })) };
}

test('a trigger opens an incident, which pages a person once', async () => {
  const { pagerDuty, trigger } = await start();
  expect(await trigger()).toEqual({
    status: 202,
    answer: { status: 'success', message: 'Event processed', dedup_key: 'fb_1.1' },
  });
  await trigger('The caller still waits.');
  expect(pagerDuty.pages).toMatchObject([
    { dedup_key: 'fb_1.1', status: 'triggered', title: 'A caller waits.', urgency: 'high' },
  ]);
  expect(pagerDuty.incidents.get('fb_1.1')?.alerts).toHaveLength(2);
  expect(pagerDuty.events.map(({ effect }) => effect)).toEqual(['opened', 'appended']);
  expect(JSON.stringify(pagerDuty.requests)).not.toContain(KEY);
  expect(pagerDuty.unexpected()).toEqual([]);
});

test('an acknowledged incident stays so and pages nobody; after a resolve the key opens a new one', async () => {
  const { pagerDuty, trigger, answerTo } = await start();
  await answerTo('acknowledge');
  await trigger();
  await answerTo('acknowledge');
  await trigger();
  expect(pagerDuty.incidents.get('fb_1.1')?.status).toBe('acknowledged');
  expect(pagerDuty.pages).toHaveLength(1);
  await answerTo('resolve');
  await answerTo('resolve');
  await trigger();
  expect(pagerDuty.pages.map(({ number, status }) => [number, status])).toEqual([
    [1, 'resolved'],
    [2, 'triggered'],
  ]);
  expect(pagerDuty.events.map(({ effect }) => effect)).toEqual([
    ...['dropped', 'opened', 'acknowledged', 'appended'],
    ...['resolved', 'dropped', 'opened'],
  ]);
});

test('a trigger without a dedup_key gets one', async () => {
  const { pagerDuty, enqueue } = await start();
  const { answer } = await enqueue(triggering({}, { dedup_key: undefined }));
  expect(pagerDuty.incidents.get(answer.dedup_key)?.status).toBe('triggered');
});

test.each<[string, unknown, string]>([
  ['no JSON', '{', 'no JSON object'],
  ['no object', '[]', 'no JSON object'],
  ['no routing key', triggering({}, { routing_key: undefined }), "'routing_key' is missing"],
  ['a short routing key', triggering({}, { routing_key: 'R0' }), 'should be 32 characters'],
  ['a routing key of nobody', triggering({}, { routing_key: 'x'.repeat(32) }), 'belongs to no service'],
  ['an unknown action', triggering({}, { event_action: 'page' }), "'event_action' is invalid"],
  ['no payload', triggering({}, { payload: undefined }), "'payload' is missing"],
  ['no summary', triggering({ summary: ' ' }), "'payload.summary' is missing"],
  ['a long summary', triggering({ summary: 'x'.repeat(1_025) }), 'maximum is 1024'],
  ['no source', triggering({ source: undefined }), "'payload.source' is missing"],
  ['no severity', triggering({ severity: undefined }), "'payload.severity' is missing"],
  ['an unknown severity', triggering({ severity: 'standard' }), "'payload.severity' is invalid"],
  ['a long dedup_key', triggering({}, { dedup_key: 'x'.repeat(256) }), 'maximum is 255'],
  ['nothing to resolve', { routing_key: KEY, event_action: 'resolve' }, "'dedup_key' is missing"],
  ['a link to nowhere', triggering({}, { links: [{ href: 'nowhere' }] }), 'no address'],
  ['a large body', triggering({ custom_details: 'x'.repeat(513 * 1024) }), 'exceed 512 kB'],
])('%s is refused and explained', async (_, event, words) => {
  const { pagerDuty, enqueue } = await start();
  expect(await enqueue(event)).toMatchObject({
    status: 400,
    answer: { status: 'invalid event', errors: [expect.stringContaining(words)] },
  });
  expect(pagerDuty.events).toEqual([]);
  expect(pagerDuty.unexpected()).toEqual([expect.stringContaining(words)]);
});

test('120 events a minute are ingested, and no more', async () => {
  let now = NOON;
  const { pagerDuty, trigger } = await start({ now: () => now });
  for (let count = 0; count < 120; count += 1) await trigger();
  expect((await trigger()).status).toBe(429);
  now += 60_000;
  expect((await trigger()).status).toBe(202);
  expect(pagerDuty.events).toHaveLength(121);
  expect(pagerDuty.unexpected()).toEqual([]);
});

test.each<[PagerDutyFailure['mode'], string, number]>([
  ['http_500', 'SyntaxError', 0],
  ['refuse', 'fetch failed', 0],
  ['hang', 'TimeoutError', 0],
  ['hang_but_accept', 'TimeoutError', 1],
  ['html', 'SyntaxError', 0],
])('told to %s, it does', async (mode, words, accepted) => {
  const { pagerDuty, trigger } = await start();
  pagerDuty.fail({ mode });
  await expect(trigger().catch(String)).resolves.toContain(words);
  expect(pagerDuty.events).toHaveLength(accepted);
  expect(pagerDuty.unexpected()).toEqual([]);
});

test('told to limit the rate, it ingests nothing', async () => {
  const { pagerDuty, trigger } = await start();
  pagerDuty.fail({ mode: 'rate_limited', untilCleared: true });
  expect((await trigger()).status).toBe(429);
  pagerDuty.recover();
  expect((await trigger()).status).toBe(202);
  expect(pagerDuty.requests.map(({ outcome }) => outcome)).toEqual(['rate_limited', 'opened']);
});

test('what a person presses is told in a signed webhook', async () => {
  const { app, pagerDuty, trigger } = await withWebhook({ tellApiEvents: false });
  await trigger();
  expect(await pagerDuty.acknowledge('fb_1.1', { by: LEX })).toMatchObject({ status: 202, body: 'taken' });
  await pagerDuty.resolve('fb_1.1', { by: LEX });
  const [acknowledged, resolved] = app.asked.map(({ body }) => JSON.parse(body).event);
  expect(acknowledged).toMatchObject({
    ...{ event_type: 'incident.acknowledged', resource_type: 'incident', client: null },
    occurred_at: '2026-11-22T12:00:00.000Z',
    agent: { id: 'PLH1HKV', summary: 'Lex Luthor', type: 'user_reference' },
    data: {
      ...{ type: 'incident', number: 1, status: 'acknowledged', incident_key: 'fb_1.1' },
      ...{ title: 'A caller waits.', urgency: 'high', priority: null, teams: [] },
      assignees: [{ summary: 'Lex Luthor' }],
    },
  });
  expect(resolved).toMatchObject({ event_type: 'incident.resolved', data: { status: 'resolved' } });
  expect(acknowledged.id).not.toBe(resolved.id);
  const [asked] = app.asked;
  expect(asked?.headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'PagerDuty-Webhook/V3.0',
    'x-pagerduty-signature': `v1=${createHmac('sha256', SECRET)
      .update(asked?.body ?? '')
      .digest('hex')}`,
    'x-webhook-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-webhook-subscription': expect.any(String),
  });
  await expect(pagerDuty.acknowledge('fb_1.1', { by: LEX })).rejects.toThrow('no open incident fb_1.1');
});

test('what came through the API is told too, and no person is named', async () => {
  const { app, pagerDuty, trigger, answerTo } = await withWebhook();
  await trigger();
  await answerTo('acknowledge');
  await answerTo('acknowledge');
  await answerTo('resolve');
  await pagerDuty.settled();
  const told = app.asked.map(({ body }) => JSON.parse(body).event);
  expect(told.map(({ event_type, agent }) => [event_type, agent.type])).toEqual(
    ['triggered', 'acknowledged', 'resolved'].map((status) => [
      `incident.${status}`,
      'events_api_v2_inbound_integration_reference',
    ]),
  );
  expect(told[1].data.assignees).toEqual([]);
});

test('a subscription may ask for some events only, and a ping is one', async () => {
  const { app, pagerDuty, trigger } = await withWebhook({ events: ['pagey.ping'] });
  await trigger();
  expect(await pagerDuty.acknowledge('fb_1.1', { by: LEX })).toBeNull();
  await pagerDuty.ping();
  expect(app.asked.map(({ body }) => JSON.parse(body).event.event_type)).toEqual(['pagey.ping']);
});

test('while secrets rotate there are several signatures', () => {
  const [one, other] = signPagerDuty('ä', ['new', 'old']).split(',');
  expect([one, other]).toEqual([signPagerDuty('ä', 'new'), signPagerDuty('ä', 'old')]);
});

test('a webhook can be sent again as it was', async () => {
  const { app, pagerDuty } = await withWebhook();
  const ping = await pagerDuty.ping();
  if (!ping) throw new Error('the webhook asks for pings');
  expect(await callWebhook(ping.request)).toMatchObject({ status: 202 });
  expect(app.asked[1]?.headers['x-webhook-id']).toBe(app.asked[0]?.headers['x-webhook-id']);
  expect(app.asked[1]?.body).toBe(app.asked[0]?.body);
});

test('a webhook that is not taken is unexpected', async () => {
  const app = await startApp({ '/hook': { status: 500, body: 'oh' } });
  const { pagerDuty } = await start({ webhook: { url: `${app.origin}/hook`, secret: SECRET } });
  expect(await pagerDuty.ping()).toMatchObject({ status: 500, body: 'oh' });
  expect(pagerDuty.unexpected()).toEqual(['webhook pagey.ping: answered HTTP 500 oh']);
});
