import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { NotifyError } from './notifier.ts';
import { createPagerDuty } from './pagerduty.ts';
import { triggerOf } from './pagerduty-event.ts';
import { anAlert, anEntry, listed, NORTHSIDE } from './test-alert.ts';

const ROUTING_KEY = '0123456789abcdef0123456789abcdef';
const RUNBOOK = 'https://wiki.example.com/runbook';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function pagerDutyThat(answers: (res: ServerResponse) => void) {
  const events: Record<string, unknown>[] = [];
  server = createServer(async (req, res) => {
    events.push({ path: req.url, ...JSON.parse(await text(req)) });
    answers(res);
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { events, desk: createPagerDuty({ routingKey: ROUTING_KEY, apiUrl, runbook: RUNBOOK }) };
}

const accepts = (res: ServerResponse) => res.writeHead(202).end('{"status":"success"}');
const answers = (status: number, headers: Record<string, string> = {}) => {
  return (res: ServerResponse) => res.writeHead(status, headers).end('<html>');
};

describe('an incident', () => {
  it('is opened, acknowledged and resolved by the entry and its round', async () => {
    const { desk, events } = await pagerDutyThat(accepts);
    const told = { entry: anEntry(), tenant: NORTHSIDE, round: 3 };
    expect(await desk.alert(anAlert({ told }))).toEqual({ reference: 'fb_014f2.3' });
    await desk.acknowledge({ entry_id: 'fb_014f2', round: 3 });
    await desk.resolve({ entry_id: 'fb_014f2', round: 3 });
    expect(events).toMatchObject(
      ['trigger', 'acknowledge', 'resolve'].map((event_action) => ({
        path: '/v2/enqueue',
        routing_key: ROUTING_KEY,
        event_action,
        dedup_key: 'fb_014f2.3',
      })),
    );
  });

  it('tells all that somebody must know who is woken by it', () => {
    expect(triggerOf(anAlert(), { runbook: RUNBOOK })).toEqual({
      payload: {
        summary: 'Critical: Northside Dental: caller complains: a crown fell out (fb_014f2)',
        source: 'receptionistd',
        severity: 'critical',
        timestamp: '2026-11-24T18:00:00.000Z',
        component: 't1',
        class: 'complaint',
        custom_details: {
          entry: 'fb_014f2',
          tenant: 'Northside Dental',
          caller: '+14155550123',
          reason: 'complains: a crown fell out',
          on_the_line: true,
          summary: 'The caller complains.',
          last_words: 'I want my money back',
          acknowledge_by: '2026-11-24T18:00:00.000Z',
          engage_by: '2026-11-24T18:00:00.000Z',
          acknowledge: 'adminctl fallback ack fb_014f2 --admin-user you',
          runbook: RUNBOOK,
        },
      },
      client: 'receptionistd',
      links: [{ href: RUNBOOK, text: 'Runbook' }],
    });
  });

  it('pages for a standard entry too, and links no file', () => {
    const told = { entry: anEntry({ severity: 'standard' }), tenant: NORTHSIDE, round: 1 };
    const event = triggerOf(anAlert({ told }), { runbook: 'docs/runbook.md' });
    expect(event.payload.severity).toBe('error');
    expect(event).not.toHaveProperty('links');
  });

  it('names everybody it tells of, within what PagerDuty takes', () => {
    const entry = anEntry({ reason_detail: '🦷'.repeat(3_000), context: { simulated: true } });
    const event = triggerOf(anAlert({ told: { entry, tenant: NORTHSIDE, round: 1 }, others: listed(400) }), {
      runbook: RUNBOOK,
    });
    expect(event.payload.summary).toMatch(/ \(fb_014f2\), and 400 more\. This is a simulation\.$/);
    expect(event.payload.summary.length).toBeLessThanOrEqual(1_024);
    expect(event.payload.custom_details.others?.at(-1)).toBe(
      'fb_other399: Critical: Eastside Dental: complaint',
    );
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512_000);
  });
});

describe('what PagerDuty does not take', () => {
  it.each([
    ['400', answers(400), { retryable: false, unclear: false }],
    ['404', answers(404), { retryable: false, unclear: false }],
    ['429', answers(429), { retryable: true, unclear: false, retryAfterSeconds: 60 }],
    ['429 with a wish', answers(429, { 'retry-after': '7' }), { retryable: true, retryAfterSeconds: 7 }],
    ['500', answers(500), { retryable: true, unclear: true }],
    ['a web page', answers(200), { retryable: true, unclear: true }],
    ['a redirect', answers(302, { location: 'http://127.0.0.1:9/' }), { retryable: true, unclear: true }],
    ['a broken line', (res: ServerResponse) => res.destroy(), { retryable: true, unclear: true }],
  ])('%s', async (_what, answer, expected) => {
    const { desk } = await pagerDutyThat(answer);
    const error = await desk.alert(anAlert()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotifyError);
    expect(error).toMatchObject(expected);
    expect((error as NotifyError).message).not.toContain(ROUTING_KEY);
  });

  it('says what to mend', async () => {
    const { desk } = await pagerDutyThat(answers(400));
    await expect(desk.alert(anAlert())).rejects.toThrow(/PAGERDUTY_ROUTING_KEY/);
  });

  it('is known not to have arrived where nobody listens', async () => {
    const { desk } = await pagerDutyThat(accepts);
    await new Promise((closed) => server?.close(closed));
    await expect(desk.alert(anAlert())).rejects.toMatchObject({ retryable: true, unclear: false });
  });
});
