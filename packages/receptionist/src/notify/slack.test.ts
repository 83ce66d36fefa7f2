import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../observability/log.ts';
import { type Alert, NotifyError, type Teller } from './notifier.ts';
import { createSlackTeller } from './slack.ts';
import { alertOf, type Block, ENTRY, HELD, listed, markupIn } from './slack-examples.ts';

type Answer = (res: ServerResponse) => void;
interface Asked {
  method: string;
  args: URLSearchParams;
}

let server: Server | undefined;
let asked: Asked[];
let lines: string[];
beforeEach(() => {
  asked = [];
  lines = [];
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A Slack that gives these answers, one after the other; the last one again and again. */
async function slackThatAnswers(...answers: Answer[]): Promise<Teller> {
  server = createServer(async (req, res) => {
    asked.push({ method: req.url?.replace('/api/', '') ?? '', args: new URLSearchParams(await bodyOf(req)) });
    answers[Math.min(asked.length, answers.length) - 1]?.(res);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return createSlackTeller({
    token: 'xoxb-1',
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    channel: '#human-fallback',
    runbook: 'docs/runbook.md',
    interactive: true,
    log: createLog({ level: 'info', secrets: [], write: (line) => lines.push(line) }),
  });
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
const refused = (error: string) => json({ ok: false, error });
const accepted = json({ ok: true, channel: 'C0HUMAN', ts: '1.2' });

const methods = () => asked.map(({ method }) => method);
const blocksOf = (index: number): Block[] => JSON.parse(asked[index]?.args.get('blocks') ?? '[]');

describe('an alert in Slack', () => {
  it('is one message that names the entry, and answers where it stands', async () => {
    const teller = await slackThatAnswers(accepted);
    expect(await teller.alert(alertOf())).toEqual({ reference: 'C0HUMAN/1.2' });
    expect(methods()).toEqual(['chat.postMessage']);
    const { args } = asked[0] as Asked;
    expect(args.get('channel')).toBe('#human-fallback');
    expect(args.get('text')).toMatch(/^<!here> Critical: Northside Dental.*fb_1/);
    expect(args.get('blocks')).toContain('adminctl fallback ack fb_1');
    expect(JSON.parse(args.get('metadata') ?? '')).toEqual({
      event_type: 'human_fallback',
      event_payload: { entry_id: 'fb_1', round: 2, delivery_id: 'dl_1' },
    });
  });

  it("lets a caller's words mention nobody", async () => {
    const teller = await slackThatAnswers(accepted);
    await teller.alert(alertOf());
    const words = markupIn(blocksOf(0));
    expect(words.match(/<[^>]*>/g)).toEqual(['<!here>']);
    expect(words).toContain('&lt;!channel&gt; &amp; &lt;b&gt;');
  });

  const lex = { user: 'lex', phone: null, slack_user_id: 'U0LEX' };
  const kim = { user: 'kim', phone: null, slack_user_id: null };
  it.each([
    ['nobody', { mention: null }, /^Critical/],
    ['those on call', { mention: [lex, kim] }, /^<@U0LEX> Critical/],
    ['everybody, where Slack does not know who is on call', { mention: [kim] }, /^<!here> Critical/],
    ['nobody, once somebody has it', { mention: [lex], late: true }, /^Critical/],
  ])('calls %s', async (_whom, changes: Partial<Alert>, text) => {
    const teller = await slackThatAnswers(accepted);
    await teller.alert(alertOf(changes));
    expect(asked[0]?.args.get('text')).toMatch(text);
    expect(markupIn(blocksOf(0)).includes('could not be told in time')).toBe(changes.late === true);
  });

  it('is sent without blocks when Slack does not like them', async () => {
    const teller = await slackThatAnswers(refused('invalid_blocks'), accepted);
    expect(await teller.alert(alertOf())).toEqual({ reference: 'C0HUMAN/1.2' });
    expect(asked.map(({ args }) => args.has('blocks'))).toEqual([true, false]);
  });

  it("goes to SLACK_CHANNEL, and says so, where the tenant's own channel refuses it", async () => {
    const teller = await slackThatAnswers(refused('channel_not_found'), accepted);
    expect(await teller.alert(alertOf({}, '#dental'))).toEqual({ reference: 'C0HUMAN/1.2' });
    expect(asked.map(({ args }) => args.get('channel'))).toEqual(['#dental', '#human-fallback']);
    expect(markupIn(blocksOf(1))).toContain(
      'This belongs into #dental, which Slack refused (channel_not_found',
    );
    expect(lines.join()).toContain('slack_channel');
  });
});

it('many alerts are one message, which goes without blocks where they are too long', async () => {
  const teller = await slackThatAnswers(refused('msg_blocks_too_long'), accepted);
  expect(await teller.alert(alertOf({ others: listed(399) }))).toEqual({ reference: 'C0HUMAN/1.2' });
  expect(asked.map(({ args }) => args.has('blocks'))).toEqual([true, false]);
  const text = asked[1]?.args.get('text') ?? '';
  expect(text).toMatch(/^<!here> 400 callers need a human/);
  for (const { entry } of listed(399)) expect(text).toContain(entry.entry_id);
});

describe('an alert that may have arrived', () => {
  const again = alertOf({ mayHaveArrived: true }, 'C0HUMAN');
  const message = (delivery_id: string, ts: string) => ({
    ts,
    metadata: { event_type: 'human_fallback', event_payload: { delivery_id } },
  });

  it('is updated where it is found', async () => {
    const history = json({
      ok: true,
      messages: [{ ts: '9.9' }, message('dl_2', '1.3'), message('dl_1', '1.2')],
    });
    const teller = await slackThatAnswers(history, accepted);
    expect(await teller.alert(again)).toEqual({ reference: 'C0HUMAN/1.2' });
    expect(methods()).toEqual(['conversations.history', 'chat.update']);
    expect(asked[1]?.args.get('ts')).toBe('1.2');
  });

  it.each([
    ['it is not there', json({ ok: true, messages: [message('dl_2', '1.3')] })],
    ['Slack does not let us look', refused('missing_scope')],
    ['Slack is troubled', status(500)],
  ])('is posted where %s', async (_why, history) => {
    const teller = await slackThatAnswers(history, accepted);
    await teller.alert(again);
    expect(methods()).toEqual(['conversations.history', 'chat.postMessage']);
  });

  it('is posted where the one that is found cannot be changed', async () => {
    const history = json({ ok: true, messages: [message('dl_1', '1.2')] });
    const teller = await slackThatAnswers(history, refused('cant_update_message'), accepted);
    await teller.alert(again);
    expect(methods()).toEqual(['conversations.history', 'chat.update', 'chat.postMessage']);
  });

  it('is posted where it tells of others too, which would not be called by a change', async () => {
    const teller = await slackThatAnswers(accepted);
    await teller.alert({ ...again, others: listed(2) });
    expect(methods()).toEqual(['chat.postMessage']);
  });

  it('is looked for in the channel that has the name', async () => {
    const first = json({
      ok: true,
      channels: [{ id: 'C0OTHER', name: 'other' }],
      response_metadata: { next_cursor: 'more' },
    });
    const second = json({ ok: true, channels: [{ id: 'C0HUMAN', name: 'human-fallback' }] });
    const teller = await slackThatAnswers(first, second, json({ ok: true, messages: [] }), accepted);
    await teller.alert({ ...alertOf(), mayHaveArrived: true });
    expect(methods()).toEqual([
      'conversations.list',
      'conversations.list',
      'conversations.history',
      'chat.postMessage',
    ]);
    expect(asked[2]?.args.get('channel')).toBe('C0HUMAN');
  });

  it('stays one of which nobody knows while Slack cannot be asked', async () => {
    const teller = await slackThatAnswers(refused('missing_scope'), refused('internal_error'));
    await expect(teller.alert(again)).rejects.toMatchObject({ retryable: true, unclear: true });
  });
});

describe('an alert that Slack does not take', () => {
  it.each([
    ['500', status(500), { retryable: true, unclear: true, retryAfterSeconds: null }],
    ['429', status(429, { 'retry-after': '7' }), { retryable: true, unclear: false, retryAfterSeconds: 7 }],
    ['429 without a time', status(429), { retryable: true, unclear: false }],
    ['a passing error', refused('internal_error'), { retryable: true, unclear: false }],
    ['an unknown error', refused('moon_phase'), { retryable: true, unclear: false }],
    ['HTML', ((res) => res.end('<html>gateway</html>')) as Answer, { retryable: true, unclear: true }],
    ['a cut line', ((res) => res.destroy()) as Answer, { retryable: true, unclear: true }],
    ['a bad token', refused('invalid_auth'), { retryable: false, message: /SLACK_BOT_TOKEN/ }],
    ['an unknown channel', refused('channel_not_found'), { retryable: false, message: /SLACK_CHANNEL/ }],
    ['a channel without us', refused('not_in_channel'), { retryable: false, message: /\/invite/ }],
  ])(
    '%s: one request, and it is known what to do',
    async (_what, answer, { message = /./, ...expected }: Told) => {
      const teller = await slackThatAnswers(answer);
      const refusal = await teller.alert(alertOf()).catch((error) => error);
      expect(refusal).toBeInstanceOf(NotifyError);
      expect(refusal).toMatchObject(expected);
      expect(refusal.message).toMatch(message);
      expect(asked).toHaveLength(1);
    },
  );

  it('is not there', async () => {
    const teller = await slackThatAnswers(accepted);
    await new Promise((resolve) => server?.close(resolve));
    await expect(teller.alert(alertOf())).rejects.toMatchObject({
      retryable: true,
      unclear: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

interface Told {
  retryable: boolean;
  unclear?: boolean;
  retryAfterSeconds?: number | null;
  message?: RegExp;
}

describe('a message that is kept true', () => {
  it('is changed in its place', async () => {
    const teller = await slackThatAnswers(accepted);
    await teller.showEntry('C0HUMAN/1.2', { ...alertOf().told, entry: { ...ENTRY, ...HELD } });
    await teller.showDigest('C0HUMAN/1.2', listed(3));
    for (const { method, args } of asked)
      expect([method, args.get('channel'), args.get('ts')]).toEqual(['chat.update', 'C0HUMAN', '1.2']);
    expect(markupIn(blocksOf(0))).toContain('*Acknowledged* by lex');
    expect(asked[1]?.args.get('text')).toContain('3 callers');
  });

  it.each(['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive'])(
    'is left alone once Slack says %s',
    async (error) => {
      const teller = await slackThatAnswers(refused(error));
      await teller.showEntry('C0HUMAN/1.2', alertOf().told);
      expect(lines.join()).toContain(error);
    },
  );

  it('is tried again after everything else', async () => {
    const teller = await slackThatAnswers(status(503));
    await expect(teller.showEntry('C0HUMAN/1.2', alertOf().told)).rejects.toBeInstanceOf(NotifyError);
  });
});

describe('the thread of a message', () => {
  const event = { at: ENTRY.created_at, actor: 'lex', detail: null };

  it('gets what happened, quietly', async () => {
    const teller = await slackThatAnswers(accepted);
    await teller.tellThread('C0HUMAN/1.2', ENTRY, [{ ...event, action: 'acknowledged' }]);
    const { method, args } = asked[0] as Asked;
    expect([method, args.get('channel'), args.get('thread_ts')]).toEqual([
      'chat.postMessage',
      'C0HUMAN',
      '1.2',
    ]);
    expect([args.get('text'), args.get('reply_broadcast')]).toEqual(['lex acknowledged it', null]);
  });

  it('gets nothing where the message itself says all', async () => {
    const teller = await slackThatAnswers(accepted);
    await teller.tellThread('C0HUMAN/1.2', ENTRY, [{ ...event, action: 'filed' }]);
    expect(asked).toEqual([]);
  });
});

it('says a sentence about no entry', async () => {
  const teller = await slackThatAnswers(accepted);
  expect(await teller.say('C0OPS', 'Nobody is on call for <t1>')).toEqual({ reference: 'C0HUMAN/1.2' });
  expect(asked[0]?.args.get('text')).toBe('Nobody is on call for &lt;t1&gt;');
});
