import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EntryWithHistory, withDefaults } from '@receptionist/core';
import { afterEach, describe, expect, it } from 'vitest';
import { NotifyError } from './notifier.ts';
import { channelOf, createSlackNotifier } from './slack.ts';

const tenant = withDefaults({ tenant_id: 't1', name: 'Northside Dental', time_zone: 'UTC', numbers: [] });
const at = '2026-11-24T18:00:00.000Z';
const entry: EntryWithHistory = {
  ...{ entry_id: 'fb_1', tenant_id: 't1', conversation_id: 'cv_1', channel: 'voice', caller: '+14155550123' },
  ...{ reason: 'complaint', reason_detail: '<!channel> & <b>', severity: 'critical', status: 'open' },
  ...{ created_at: at, ack_due_at: at, engage_due_at: at, ack_breached: false, engage_breached: false },
  ...{ assignee: null, acknowledged_by: null, acknowledged_at: null, engaged_by: null, engaged_at: null },
  ...{ resolved_by: null, resolved_at: null, resolution_notes: null, tags: [] },
  context: {
    ...{ summary: 'The caller complains.', live: true, call_sid: 'CA1', slots: {} },
    transcript: [{ speaker: 'caller', text: '<!here> I want my money back', at }],
  },
  notifications: [],
  timeline: [
    { at, actor: 'receptionistd', action: 'filed', detail: null },
    { at, actor: 'receptionistd', action: 'raised', detail: 'critical' },
  ],
} as EntryWithHistory;

type Answer = (res: ServerResponse, message: URLSearchParams) => void;
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A Slack that gives these answers, one after the other; the last one again and again. */
async function slackThatAnswers(...answers: Answer[]) {
  const messages: URLSearchParams[] = [];
  server = createServer(async (req, res) => {
    const message = new URLSearchParams(await bodyOf(req));
    messages.push(message);
    answers[Math.min(messages.length, answers.length) - 1]?.(res, message);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const notifier = createSlackNotifier({
    token: 'xoxb-1',
    apiUrl,
    channel: '#human-fallback',
    runbook: 'docs/runbook.md',
  });
  return { messages, send: () => notifier.send({ entry, tenant }) };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const json =
  (body: object): Answer =>
  (res) =>
    res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (res) =>
    res.writeHead(code, headers).end('{}');
const accepted = json({ ok: true, channel: 'C0HUMAN', ts: '1.2' });

describe('an alert in Slack', () => {
  it('is one message that names the entry, and answers where it stands', async () => {
    const { messages, send } = await slackThatAnswers(accepted);
    expect(await send()).toEqual({ reference: 'C0HUMAN/1.2' });
    expect(messages).toHaveLength(1);
    const [message] = messages;
    expect(message?.get('channel')).toBe('#human-fallback');
    expect(message?.get('text')).toMatch(/^<!here> Critical: Northside Dental.*fb_1/);
    expect(message?.get('blocks')).toContain('adminctl fallback ack fb_1');
    expect(JSON.parse(message?.get('metadata') ?? '')).toEqual({
      event_type: 'human_fallback',
      event_payload: { entry_id: 'fb_1', round: 2 },
    });
  });

  it("lets a caller's words mention nobody", async () => {
    const { messages, send } = await slackThatAnswers(accepted);
    await send();
    const marked = JSON.parse(messages[0]?.get('blocks') ?? '[]').flatMap(
      (block: { text?: Text; fields?: Text[] }) =>
        [block.text, ...(block.fields ?? [])].filter((text) => text?.type === 'mrkdwn'),
    );
    const words = marked.map(({ text }: Text) => text.replace(/<!date\^[^>]*>/g, '')).join('\n');
    expect(words.match(/<[^>]*>/g)).toEqual(['<!here>']);
    expect(words).toContain('&lt;!channel&gt; &amp; &lt;b&gt;');
  });

  it('is sent without blocks when Slack does not like them', async () => {
    const { messages, send } = await slackThatAnswers(json({ ok: false, error: 'invalid_blocks' }), accepted);
    expect(await send()).toEqual({ reference: 'C0HUMAN/1.2' });
    expect(messages.map((message) => message.has('blocks'))).toEqual([true, false]);
  });

  it("goes to the tenant's own channel where it has one", () => {
    expect(channelOf({ slack_channel: '#human-fallback' }, 'C0OPS')).toBe('C0OPS');
    expect(channelOf({ slack_channel: 'C0DENTAL' }, 'C0OPS')).toBe('C0DENTAL');
  });
});

interface Text {
  type: string;
  text: string;
}

describe('an alert that Slack does not take', () => {
  it.each([
    ['500', status(500), { retryable: true, retryAfterSeconds: null }],
    ['429', status(429, { 'retry-after': '7' }), { retryable: true, retryAfterSeconds: 7 }],
    ['429 without a time', status(429), { retryable: true }],
    ['a passing error', json({ ok: false, error: 'internal_error' }), { retryable: true }],
    ['an unknown error', json({ ok: false, error: 'moon_phase' }), { retryable: true }],
    ['HTML', ((res) => res.end('<html>gateway</html>')) as Answer, { retryable: true }],
    ['a cut line', ((res) => res.destroy()) as Answer, { retryable: true }],
    [
      'a bad token',
      json({ ok: false, error: 'invalid_auth' }),
      { retryable: false, message: /SLACK_BOT_TOKEN/ },
    ],
    [
      'an unknown channel',
      json({ ok: false, error: 'channel_not_found' }),
      { retryable: false, message: /SLACK_CHANNEL/ },
    ],
    [
      'a channel without us',
      json({ ok: false, error: 'not_in_channel' }),
      { retryable: false, message: /\/invite/ },
    ],
  ])(
    '%s: one request, and it is known what to do',
    async (_what, answer, { message = /./, ...expected }: Told) => {
      const { messages, send } = await slackThatAnswers(answer);
      const error = await send().catch((refusal) => refusal);
      expect(error).toBeInstanceOf(NotifyError);
      expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) });
      expect(messages).toHaveLength(1);
    },
  );

  it('is not there', async () => {
    const { send } = await slackThatAnswers(accepted);
    await new Promise((resolve) => server?.close(resolve));
    await expect(send()).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

interface Told {
  retryable: boolean;
  retryAfterSeconds?: number | null;
  message?: RegExp;
}
