import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProblemHandler } from '../admin/problems.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createPagerDutyRouter } from './pagerduty-router.ts';
import { type Office, openOffice } from './test-office.ts';

const SECRET = 'a-webhook-secret';

let office: Office;
let server: Server;
let entry_id: string;

beforeEach(async () => {
  office = await openOffice({ notify: ['pagerduty'] });
  entry_id = await office.file();
  await listen(SECRET);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await office.close();
});

async function listen(secret: string | undefined) {
  server?.close();
  const { store, wake, log } = office;
  const app = express();
  app.use('/pagerduty', createPagerDutyRouter({ store, secret, wake, log, metrics: createMetrics() }));
  app.use(createProblemHandler({ log }));
  server = app.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
}

const sign = (body: string, secret = SECRET) =>
  `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;

const post = async (body: string, signature: string | null = sign(body)) => {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/pagerduty/webhook`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'x-pagerduty-signature': signature }),
    },
    body,
  });
  await response.text();
  return response.status;
};

const LEX = { type: 'user_reference', id: 'PLEX', summary: 'Lex Luthor' };
const event = ({ incident_key = `${entry_id}.1`, ...changes }: Record<string, unknown> = {}) =>
  JSON.stringify({
    event: {
      ...{ id: '01ABC', event_type: 'incident.acknowledged', resource_type: 'incident' },
      ...{ occurred_at: office.at(), agent: LEX, client: null },
      data: { id: 'PINC', type: 'incident', incident_key, status: 'acknowledged' },
      ...changes,
    },
  });

const entry = async () => (await office.store.read.getEntry(entry_id)) ?? expect.fail('no entry');
const audit = async () => (await office.store.read.listAudit({}, { limit: 10, cursor: null })).items;

describe('an acknowledgement made in PagerDuty', () => {
  it('is one here, on the record', async () => {
    expect(await post(event())).toBe(200);
    expect(await entry()).toMatchObject({ status: 'acknowledged', acknowledged_by: 'pagerduty:Lex Luthor' });
    expect(await audit()).toMatchObject([{ actor: 'pagerduty:Lex Luthor', action: 'fallback.acknowledge' }]);
    expect(office.rung).toEqual([entry_id]);
  });

  it.each([
    ['of that name, in any case', { ...LEX, summary: 'LEX' }, 'lex'],
    ['whose name is not told', { ...LEX, summary: null }, 'pagerduty:PLEX'],
  ])('is that of the person %s', async (_what, agent, actor) => {
    await post(event({ agent }));
    expect((await entry()).acknowledged_by).toBe(actor);
  });

  it('counts once, however often it comes', async () => {
    await post(event());
    await office.act(entry_id, 'lex', 'resolve');
    expect(await post(event())).toBe(200);
    expect(await audit()).toHaveLength(1);
  });

  it('changes nothing where somebody was faster', async () => {
    await office.act(entry_id, 'bea', 'acknowledge');
    expect(await post(event())).toBe(200);
    expect((await entry()).acknowledged_by).toBe('bea');
  });

  it('is for the database to come back to when it is away', async () => {
    await office.store.close();
    expect(await post(event())).toBe(503);
    expect(office.lines.map(({ level }) => level)).toEqual(['error']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['of another round', { incident_key: 'ENTRY.2' }],
    ['of an entry that is unknown', { incident_key: 'fb_0.1' }],
    ['of an incident that is not ours', { incident_key: 'disk full' }],
    ['without a key', { data: { id: 'PINC' } }],
    ['by our own event', { agent: { ...LEX, type: 'events_api_v2_inbound_integration_reference' } }],
    ['by nobody', { agent: null }],
    ['that is of another kind', { event_type: 'incident.resolved' }],
    ['that is a test', { event_type: 'pagey.ping', data: { message: 'Hello', type: 'ping' } }],
    ['two days old', { occurred_at: '2026-11-22T17:59:59Z' }],
    ['of no time', { occurred_at: 'yesterday' }],
  ])('%s is answered, and changes nothing', async (_what, changes) => {
    const body = event(changes).replace('ENTRY', entry_id);
    expect(await post(body)).toBe(200);
    expect((await entry()).status).toBe('open');
    expect(await audit()).toEqual([]);
  });
});

describe('who signed', () => {
  it('may be one of several secrets', async () => {
    const body = event();
    expect(await post(body, `${sign(body, 'the one before')}, ${sign(body)}`)).toBe(200);
    expect((await entry()).status).toBe('acknowledged');
  });

  it.each([
    ['nobody', () => null],
    ['nothing', () => ''],
    ['another secret', (body: string) => sign(body, 'another')],
    ['another body', () => sign('{}')],
    ['another version', (body: string) => sign(body).replace('v1', 'v0')],
    ['half of it', (body: string) => sign(body).slice(0, -2)],
  ])('%s: 401, and no trace', async (_what, signature) => {
    const body = event();
    expect(await post(body, signature(body))).toBe(401);
    expect((await entry()).status).toBe('open');
  });

  it('cannot be known without a secret', async () => {
    await listen(undefined);
    const body = event();
    expect(await post(body, sign(body, ''))).toBe(401);
  });
});

it.each(['', '{', 'null x', '"\\ud800"'])('broken JSON is refused: %s', async (body) => {
  expect(await post(body)).toBe(400);
});

it.each(['null', '[]', '{}', '{"event":[]}'])('what is no event is answered: %s', async (body) => {
  expect(await post(body)).toBe(200);
});
