import { expect, onTestFinished, test, vi } from 'vitest';
import { startApp } from '../caller/test-app.ts';
import type { SlackModal } from './slack-modals.ts';
import type { SubmissionAnswer } from './slack-people.ts';
import { signSlack } from './slack-signature.ts';
import { startWorkspace } from './test-workspace.ts';
import { callWebhook } from './webhook-sender.ts';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const LEX = { id: 'U0LEX', name: 'lex' };
const CHANNEL = 'C0HUMAN';

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (text: string) => ({ text: plain(text), value: text.toLowerCase() });
const button = (text: string, value: string, more: object = {}) => ({
  ...{ type: 'button', action_id: text.toLowerCase(), text: plain(text), value },
  ...more,
});
const BUTTONS = [{ type: 'actions', elements: [button('Acknowledge', 'fb_1'), button('Resolve', 'fb_1')] }];
const NOTES = {
  type: 'input',
  block_id: 'notes',
  label: plain('Notes'),
  element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 20 },
};
const TAGS = {
  type: 'input',
  block_id: 'tags',
  label: plain('Tags'),
  optional: true,
  element: {
    type: 'multi_static_select',
    action_id: 'chosen',
    option_groups: [{ label: plain('Usual'), options: [option('Spam'), option('Payment')] }],
  },
};
const VIEW = {
  type: 'modal',
  title: plain('Resolve'),
  submit: plain('Resolve'),
  callback_id: 'resolve',
  private_metadata: 'fb_1',
  blocks: [{ type: 'section', text: plain('How did it end?') }, NOTES, TAGS],
};

type Reply = { status: number; body?: string; headers?: Record<string, string> };

/** `reply`: what the application answers to the interactions, one after the other; the last one stays. */
async function office(...replies: Reply[]) {
  let now = 1_700_000_000_000;
  const left = [...replies];
  const app = await startApp({
    '/slack/interactions': () => {
      const { status, body = '', headers = {} } = (left.length > 1 ? left.shift() : left[0]) ?? OK;
      return { status, body, headers };
    },
  });
  const workspace = await startWorkspace({
    burst: 20,
    now: () => now,
    interactivity: { url: () => `${app.origin}/slack/interactions`, signingSecret: SECRET },
  });
  const { slack, ask, post } = workspace;
  const { ts } = await post('A caller waits.', { blocks: BUTTONS });
  const press = (action = 'Acknowledge') => slack.press({ user: LEX, message: ts, action });
  const payloads = () =>
    app.asked.map(({ body }) => JSON.parse(new URLSearchParams(body).get('payload') ?? ''));
  const lastTrigger = () => payloads().at(-1).trigger_id;
  const open = async (view: object = VIEW): Promise<SlackModal> => {
    const pressed = await press('Resolve');
    expect(await ask('views.open', { trigger_id: lastTrigger(), view })).toMatchObject({ ok: true });
    if (!pressed.modal) throw new Error('no modal was opened');
    return pressed.modal;
  };
  const later = (ms: number) => {
    now += ms;
  };
  return { ...workspace, app, ts, press, payloads, lastTrigger, open, later };
}
const OK: Reply = { status: 200 };
const json = (body: object): Reply => ({
  ...{ status: 200, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
});

test('the signature is that of Slack’s own example', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  expect(signSlack(body, SECRET, '1531420618')).toBe(
    'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  );
});

test('a press is told as a signed form with all that Slack knows', async () => {
  const { slack, app, ts, press, payloads } = await office();
  expect(await press()).toMatchObject({ status: 200, body: '', modal: null, ephemeral: null });
  const [payload] = payloads();
  expect(payload).toMatchObject({
    type: 'block_actions',
    ...{ user: { id: 'U0LEX', username: 'lex', team_id: 'T0SIMULATED' }, api_app_id: 'A0RECEPTION' },
    team: { id: 'T0SIMULATED' },
    channel: { id: CHANNEL, name: 'human-fallback' },
    container: { type: 'message', message_ts: ts, channel_id: CHANNEL, is_ephemeral: false },
    message: { type: 'message', ts, text: 'A caller waits.' },
    state: { values: {} },
    response_url: expect.stringContaining('/actions/T0SIMULATED/'),
  });
  expect(payload.actions).toEqual([
    {
      ...{ type: 'button', action_id: 'acknowledge', block_id: 'b0', value: 'fb_1' },
      ...{ text: plain('Acknowledge'), action_ts: expect.stringMatching(/^\d+\.\d{6}$/) },
    },
  ]);
  const asked = app.asked[0];
  expect(asked?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': '1700000000',
    'x-slack-signature': signSlack(asked?.body ?? '', SECRET, '1700000000'),
  });
  expect(slack.unexpected()).toEqual([]);
});

test('the message in a press is as it stands, and a button that is gone cannot be pressed', async () => {
  const { slack, ask, ts, press, payloads } = await office();
  const blocks = [{ type: 'actions', elements: [button('Resolve', 'fb_1')] }];
  await ask('chat.update', { channel: CHANNEL, ts, text: 'Lex has it.', blocks });
  await press('resolve');
  expect(payloads()[0].message.text).toBe('Lex has it.');
  await expect(press()).rejects.toThrow('no button "Acknowledge" now, but Resolve');
  await expect(slack.press({ user: LEX, message: '1.000000', action: 'Resolve' })).rejects.toThrow(
    'no such message',
  );
});

test('of several buttons with one name the value tells which', async () => {
  const { slack, post, payloads } = await office();
  const elements = [button('Take', 'fb_1'), button('Take', 'fb_2', { action_id: 'take2' })];
  const { ts } = await post('Two wait.', { blocks: [{ type: 'actions', elements }] });
  await slack.press({ user: LEX, message: slack.message(ts), action: 'Take', value: 'fb_2' });
  expect(payloads()[0].actions[0]).toMatchObject({ action_id: 'take2', value: 'fb_2' });
});

test('an answer other than 200 is unexpected', async () => {
  const { slack, press } = await office({ status: 500, body: 'oh' });
  expect(await press()).toMatchObject({ status: 500, body: 'oh' });
  expect(slack.unexpected()).toEqual([expect.stringContaining('answered HTTP 500')]);
});

test('an answer that takes more than 3 s is unexpected', async () => {
  const slow = await startApp({ '/slack/interactions': () => 'hang' });
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { slack, post } = await startWorkspace({
    interactivity: { url: `${slow.origin}/slack/interactions`, signingSecret: SECRET },
  });
  const posting = post('A caller waits.', { blocks: BUTTONS });
  const pressing = slack.press({ user: LEX, message: (await posting).ts, action: 'Acknowledge' });
  while (slow.asked.length === 0) await new Promise(setImmediate);
  vi.advanceTimersByTime(3_000);
  expect(await pressing).toMatchObject({ status: null });
  expect(slack.unexpected()).toEqual([expect.stringContaining('within 3000 ms')]);
});

test('forged, stale and repeated requests can be made', async () => {
  const { slack, app, ts, press } = await office();
  const { request } = await press();
  await callWebhook(request);
  expect(app.asked[1]?.body).toBe(app.asked[0]?.body);
  const payload = slack.payloadOf({ user: LEX, message: ts, action: 'Resolve' });
  const stale = slack.signedInteraction(payload, { at: 1_600_000_000_000 });
  expect(stale.headers['x-slack-request-timestamp']).toBe('1600000000');
  const forged = slack.signedInteraction(payload, { secret: 'guessed' });
  expect(forged.body).toBe(stale.body);
  expect(forged.headers['x-slack-signature']).not.toBe(
    slack.signedInteraction(payload).headers['x-slack-signature'],
  );
});

test('at the response_url the person alone is told, or the message changes', async () => {
  const { slack, ts, press, payloads } = await office();
  const pressed = await press();
  const respond = async (body: object) => {
    const response = await fetch(payloads()[0].response_url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };
  expect(await respond({ text: 'Clark has it.' })).toEqual([200, { ok: true }]);
  expect(pressed.ephemeral?.lines()).toEqual(['Clark has it.']);
  expect(slack.ephemerals.map(({ user, text }) => [user, text])).toEqual([['U0LEX', 'Clark has it.']]);
  await respond({ text: 'Clark has it!', replace_original: true });
  expect(slack.message(ts).text).toBe('Clark has it!');
  await respond({ text: 'To all.', response_type: 'in_channel' });
  expect(slack.posts.at(-1)?.text).toBe('To all.');
  expect(await respond({ text: ' ' })).toEqual([400, { ok: false, error: 'no_text' }]);
  await respond({ delete_original: true });
  expect(() => slack.message(ts)).toThrow('no message');
  expect(await respond({ text: 'once more' })).toEqual([404, { ok: false, error: 'used_url' }]);
  expect(slack.unexpected()).toHaveLength(2);
});

test('a response_url is good for half an hour', async () => {
  const { press, payloads, later, slack } = await office();
  await press();
  later(31 * 60_000);
  const body = JSON.stringify({ text: 'late' });
  const headers = { 'content-type': 'application/json' };
  const [{ response_url }] = payloads();
  expect((await fetch(response_url, { method: 'POST', headers, body })).status).toBe(404);
  expect((await fetch(`${response_url}x`, { method: 'POST', headers, body })).status).toBe(404);
  expect(slack.unexpected()).toHaveLength(2);
});

test('a trigger opens one modal within 3 s', async () => {
  const { slack, ask, press, lastTrigger, later } = await office();
  expect(await ask('views.open', { trigger_id: '1.2.x', view: VIEW })).toMatchObject({
    error: 'invalid_trigger_id',
  });
  const pressed = await press('Resolve');
  const trigger_id = lastTrigger();
  expect(await ask('views.open', { trigger_id, view: { ...VIEW, submit: undefined } })).toMatchObject({
    error: 'invalid_arguments',
  });
  expect(await ask('views.open', { trigger_id, view: VIEW })).toMatchObject({
    ok: true,
    view: {
      ...{ type: 'modal', callback_id: 'resolve', private_metadata: 'fb_1', state: { values: {} } },
      ...{ team_id: 'T0SIMULATED', app_id: 'A0RECEPTION', previous_view_id: null },
    },
  });
  expect(pressed.modal).toMatchObject({
    ...{ title: 'Resolve', callback_id: 'resolve', private_metadata: 'fb_1', open: true, user: LEX },
    lines: ['How did it end?', 'Notes: [plain_text_input]', 'Tags: [multi_static_select]'],
  });
  expect(await ask('views.open', { trigger_id, view: VIEW })).toMatchObject({
    error: 'exchanged_trigger_id',
  });
  await press('Resolve');
  later(3_001);
  expect(await ask('views.open', { trigger_id: lastTrigger(), view: VIEW })).toMatchObject({
    error: 'expired_trigger_id',
  });
  expect(slack.modals).toHaveLength(1);
});

test('a view is changed by id, and only the one that was seen where a hash is given', async () => {
  const { slack, ask, open } = await office();
  const modal = await open();
  const view = { ...VIEW, title: plain('Changed') };
  const { hash } = (await ask('views.update', { view_id: modal.id, view })).view;
  expect(modal.title).toBe('Changed');
  expect(await ask('views.update', { view_id: modal.id, view: VIEW, hash })).toMatchObject({ ok: true });
  expect(await ask('views.update', { view_id: modal.id, view: VIEW, hash })).toMatchObject({
    error: 'hash_conflict',
  });
  expect(await ask('views.update', { view_id: 'V1', view: VIEW })).toMatchObject({ error: 'not_found' });
  expect(await ask('views.update', { view: VIEW })).toMatchObject({ error: 'invalid_arguments' });
  expect(slack.unexpected()).toHaveLength(3);
});

test('a submission tells what was filled in, and an empty answer closes the modal', async () => {
  const { slack, open, payloads } = await office();
  const modal = await open();
  const answer = await slack.submit(modal, { values: { Notes: 'Called back.', tags: ['Spam', 'payment'] } });
  expect(answer).toMatchObject({ sent: true, status: 200, errors: {}, modal: null });
  expect(payloads().at(-1)).toMatchObject({
    ...{ type: 'view_submission', user: { id: 'U0LEX' }, response_urls: [] },
    view: {
      ...{ id: modal.id, callback_id: 'resolve', private_metadata: 'fb_1' },
      state: {
        values: {
          notes: { text: { type: 'plain_text_input', value: 'Called back.' } },
          tags: {
            chosen: {
              type: 'multi_static_select',
              selected_options: [option('Spam'), option('Payment')],
            },
          },
        },
      },
    },
  });
  expect(modal.open).toBe(false);
  expect(slack.modals).toEqual([]);
  await expect(slack.submit(modal)).rejects.toThrow('not on top any more');
  expect(slack.unexpected()).toEqual([]);
});

test('what Slack itself finds missing or too long is not sent', async () => {
  const { slack, app, open } = await office();
  const modal = await open();
  const before = app.asked.length;
  expect(await slack.submit(modal)).toEqual({
    sent: false,
    errors: { notes: 'Please complete this required field.' },
  });
  expect(await slack.submit(modal, { values: { Notes: 'x'.repeat(21) } })).toMatchObject({ sent: false });
  expect(app.asked).toHaveLength(before);
  await expect(slack.submit(modal, { values: { Code: 'x' } })).rejects.toThrow('no input "Code", but notes');
  await expect(slack.submit(modal, { values: { Tags: ['Ham'] } })).rejects.toThrow('does not offer "Ham"');
});

test.each<[string, Reply, (answer: SubmissionAnswer, modal: SlackModal) => unknown, unknown]>([
  [
    'errors are shown at their inputs',
    json({ response_action: 'errors', errors: { notes: 'Say more.' } }),
    ({ errors }, { open }) => [errors, open],
    [{ notes: 'Say more.' }, true],
  ],
  [
    'update shows another view in its place',
    json({ response_action: 'update', view: { ...VIEW, title: plain('Done') } }),
    (_, { title, open }) => [title, open],
    ['Done', true],
  ],
  [
    'push lays one on it',
    json({ response_action: 'push', view: { ...VIEW, title: plain('Sure?') } }),
    (answer) => answer.sent && answer.modal?.title,
    'Sure?',
  ],
  ['clear closes all', json({ response_action: 'clear' }), (_, { open }) => open, false],
])('answered to a submission, %s', async (_, reply, seen, expected) => {
  const { slack, open } = await office(OK, reply);
  const modal = await open();
  const answer = await slack.submit(modal, { values: { Notes: 'Called back.' } });
  expect(seen(answer, modal)).toEqual(expected);
  expect(slack.unexpected()).toEqual([]);
});

test.each<[string, Reply]>([
  ['words', { status: 200, body: 'OK' }],
  ['a failure', { status: 409, body: '' }],
  ['errors for no input', json({ response_action: 'errors', errors: { nothing: 'x' } })],
  ['a bad view', json({ response_action: 'update', view: { type: 'modal' } })],
  ['an unknown action', json({ response_action: 'close' })],
])('%s as the answer to a submission is unexpected, and the modal stays', async (_, reply) => {
  const { slack, open } = await office(OK, reply);
  const modal = await open();
  await slack.submit(modal, { values: { Notes: 'Called back.' } });
  expect(modal.open).toBe(true);
  expect(slack.unexpected()).toHaveLength(1);
});

test('views lie on each other three deep', async () => {
  const { slack, ask, open, lastTrigger } = await office(
    OK,
    json({ response_action: 'errors', errors: { notes: 'Say more.' } }),
  );
  let top: SlackModal | null = await open();
  const pushed: unknown[] = [];
  for (const title of ['Second', 'Third', 'Fourth']) {
    if (!top) throw new Error('no modal is open');
    const answer: SubmissionAnswer = await slack.submit(top, { values: { Notes: 'Called back.' } });
    const view = { ...VIEW, title: plain(title) };
    const { ok, error } = await ask('views.push', { trigger_id: lastTrigger(), view });
    pushed.push(error ?? ok);
    top = answer.sent ? answer.modal : null;
  }
  expect(pushed).toEqual([true, true, 'push_limit_reached']);
  expect(slack.modals.map(({ title }) => title)).toEqual(['Resolve', 'Second', 'Third']);
});

test('who opens another modal had closed the first', async () => {
  const { slack, open } = await office();
  const first = await open();
  await open();
  expect([first.open, slack.modals.length]).toEqual([false, 1]);
});

test('without interactivity nobody hears of a press', async () => {
  const { slack, post } = await startWorkspace();
  const { ts } = await post('A caller waits.', { blocks: BUTTONS });
  await expect(slack.press({ user: LEX, message: ts, action: 'Resolve' })).rejects.toThrow(
    'no interactivity',
  );
});
