import { expect, test } from 'vitest';
import { startSlack } from './slack.ts';
import { CHANNELS, HUMANS, section, startWorkspace as start } from './test-workspace.ts';

test('a message is posted, by id or by name, as a form or as JSON', async () => {
  const { slack, ask } = await start({ now: () => 1_700_000_000_123 });
  expect(
    await ask('chat.postMessage', { channel: '#human-fallback', text: 'one', blocks: section('*One*') }),
  ).toMatchObject({
    ok: true,
    channel: 'C0HUMAN',
    ts: '1700000000.123000',
    message: { text: 'one' },
  });
  const answer = await fetch(`${slack.url}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: 'Bearer xoxb-right', 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel: 'C0HUMAN', text: 'two' }),
  });
  expect(await answer.json()).toMatchObject({ ok: true, ts: '1700000000.123001' });
  expect(slack.posts.map((post) => [post.channel.name, post.text, post.lines()])).toEqual([
    ['human-fallback', 'one', ['One']],
    ['human-fallback', 'two', ['two']],
  ]);
  expect(slack.requests.map(({ method, outcome }) => [method, outcome])).toEqual([
    ['chat.postMessage', 'ok'],
    ['chat.postMessage', 'ok'],
  ]);
  expect(slack.unexpected()).toEqual([]);
});

test('the token is checked and never kept', async () => {
  const { slack, ask } = await start();
  const message = { channel: 'C0HUMAN', text: 'x' };
  expect(await ask('auth.test', {})).toMatchObject({ ok: true, user: 'receptionist' });
  expect(await ask('chat.postMessage', message, 'xoxb-wrong')).toMatchObject({
    ok: false,
    error: 'invalid_auth',
  });
  expect(await ask('chat.postMessage', message, null)).toMatchObject({ ok: false, error: 'not_authed' });
  expect(await ask('chat.postMessage', { ...message, token: 'xoxb-right' }, null)).toMatchObject({
    ok: true,
  });
  expect(JSON.stringify(slack.requests)).not.toContain('xoxb');
});

test.each<[string, object, string]>([
  ['no channel', { text: 'x' }, 'invalid_arguments'],
  ['an unknown channel', { channel: '#nowhere', text: 'x' }, 'channel_not_found'],
  ['a channel without the bot', { channel: 'C0OTHER', text: 'x' }, 'not_in_channel'],
  ['an archived channel', { channel: '#old', text: 'x' }, 'is_archived'],
  ['no text', { channel: 'C0HUMAN', text: ' ' }, 'no_text'],
  ['too much text', { channel: 'C0HUMAN', text: 'x'.repeat(40_001) }, 'msg_too_long'],
  ['blocks that are no JSON', { channel: 'C0HUMAN', text: 'x', blocks: '[{' }, 'invalid_blocks_format'],
  ['blocks that are no list', { channel: 'C0HUMAN', text: 'x', blocks: {} }, 'invalid_blocks_format'],
  ['a bad block', { channel: 'C0HUMAN', text: 'x', blocks: section('') }, 'invalid_blocks'],
  [
    'a bad block in an attachment',
    { channel: 'C0HUMAN', attachments: [{ blocks: section('') }] },
    'invalid_blocks',
  ],
  ['metadata that is no object', { channel: 'C0HUMAN', text: 'x', metadata: '7' }, 'invalid_metadata_format'],
  [
    'metadata without a payload',
    { channel: 'C0HUMAN', text: 'x', metadata: { event_type: 'a' } },
    'invalid_metadata_schema',
  ],
  [
    'large metadata',
    {
      channel: 'C0HUMAN',
      text: 'x',
      metadata: { event_type: 'a', event_payload: { x: 'x'.repeat(16_000) } },
    },
    'metadata_too_large',
  ],
])('%s is refused and explained', async (_, args, error) => {
  const { slack, ask } = await start();
  const answer = await ask('chat.postMessage', args);
  expect(answer).toMatchObject({ ok: false, error });
  expect(slack.posts).toEqual([]);
  expect(slack.requests[0]?.explanation).not.toEqual([]);
  expect(slack.unexpected()).toEqual([expect.stringContaining(`chat.postMessage: ${error} (`)]);
});

test('an unknown method, another content type and a GET are refused', async () => {
  const { slack, ask } = await start();
  expect(await ask('chat.shout', {})).toMatchObject({ error: 'unknown_method' });
  expect(await ask('toString', {})).toMatchObject({ error: 'unknown_method' });
  const answer = await fetch(`${slack.url}auth.test`, { headers: { authorization: 'Bearer xoxb-right' } });
  expect(await answer.json()).toMatchObject({ error: 'invalid_post_type' });
  const plain = await fetch(`${slack.url}auth.test`, {
    method: 'POST',
    body: 'x',
    headers: { 'content-type': 'text/plain' },
  });
  expect(await plain.json()).toMatchObject({ error: 'invalid_post_type' });
});

test('blocks without text are posted with a warning, which is unexpected', async () => {
  const { slack, ask } = await start();
  const answer = await ask('chat.postMessage', { channel: 'C0HUMAN', blocks: section('Hi') });
  expect(answer).toMatchObject({ ok: true, warning: 'missing_text' });
  expect(slack.unexpected()).toEqual(['chat.postMessage: ok (warning: missing_text)']);
});

test('an update replaces the blocks and keeps the metadata that it leaves out', async () => {
  const { slack, ask } = await start();
  const metadata = { event_type: 'alert', event_payload: { entry_id: 'fb_1' } };
  const { ts } = await ask('chat.postMessage', {
    channel: 'C0HUMAN',
    text: 'a',
    blocks: section('a'),
    metadata,
  });
  const update = { channel: 'C0HUMAN', ts, text: 'b' };
  expect(await ask('chat.update', update)).toMatchObject({ ok: true, ts, text: 'b' });
  expect(await ask('chat.update', { ...update, text: 'c', metadata: {} })).toMatchObject({ ok: true });
  expect(slack.updates).toMatchObject([
    { ts, text: 'b', blocks: [], metadata },
    { ts, text: 'c', metadata: {} },
  ]);
  expect(slack.posts).toHaveLength(1);
  expect(await ask('chat.update', { ...update, ts: '1.0' })).toMatchObject({ error: 'message_not_found' });
  expect(await ask('chat.update', { ...update, channel: '#human-fallback' })).toMatchObject({
    error: 'channel_not_found',
  });
  expect(await ask('chat.update', { channel: 'C0HUMAN', text: 'b' })).toMatchObject({
    error: 'invalid_arguments',
  });
});

test('beyond a burst a channel takes one message a second', async () => {
  let now = 1_700_000_000_000;
  const { slack, call } = await start({
    burst: 2,
    now: () => now,
    channels: [HUMANS, { ...HUMANS, id: 'C2' }],
  });
  const post = (channel = 'C0HUMAN') => call('chat.postMessage', { channel, text: 'x' });
  expect([(await post()).status, (await post()).status]).toEqual([200, 200]);
  const limited = await post();
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await limited.json()).toEqual({ ok: false, error: 'ratelimited' });
  expect((await post('C2')).status).toBe(200);
  now += 999;
  expect((await post()).status).toBe(429);
  now += 1;
  expect((await post()).status).toBe(200);
  expect(slack.posts).toHaveLength(4);
  expect(slack.unexpected()).toEqual([]);
});

test('more than 50 updates a minute are too many', async () => {
  const { ask, call, post } = await start({ now: () => 0 });
  const { ts } = await post('x');
  const update = () => call('chat.update', { channel: 'C0HUMAN', ts, text: 'x' });
  for (let count = 0; count < 50; count += 1) await update();
  const limited = await update();
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
  expect(await ask('auth.test', {})).toMatchObject({ ok: true });
});

test.each([
  ['http_500', { status: 500, retryAfter: null, posts: 0 }],
  ['rate_limited', { status: 429, retryAfter: '7', posts: 0 }],
  ['html', { status: 200, retryAfter: null, posts: 0 }],
  ['not_ok', { status: 200, retryAfter: null, posts: 0 }],
] as const)('told to fail with %s, it does so as often as told', async (mode, expected) => {
  const { slack, call, post } = await start();
  slack.fail({ mode, times: 2, retryAfter: 7 });
  for (let time = 0; time < 2; time += 1) {
    const answer = await call('chat.postMessage', { channel: 'C0HUMAN', text: 'x' });
    expect({
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      posts: slack.posts.length,
    }).toEqual(expected);
    expect((await answer.text()).includes('"ok":true')).toBe(false);
  }
  expect(await post('x')).toMatchObject({ ok: true });
  expect(slack.requests.map(({ outcome }) => outcome)).toEqual([mode, mode, 'ok']);
  expect(slack.unexpected()).toEqual([]);
});

test.each([
  ['refuse', 'ECONNRESET', 0],
  ['hang', 'TimeoutError', 0],
  ['hang_but_accept', 'TimeoutError', 1],
] as const)('told to %s, it gives no answer', async (mode, name, posts) => {
  const { slack, post } = await start();
  slack.fail({ mode });
  const error = await post('x').then(
    () => null,
    (error) => error,
  );
  expect(error?.cause?.code ?? error?.name).toBe(name);
  expect(slack.posts).toHaveLength(posts);
  expect(await post('y')).toMatchObject({ ok: true });
});

test('it fails until it is told to recover', async () => {
  const { slack, post } = await start();
  slack.fail({ mode: 'not_ok', error: 'channel_not_found', untilCleared: true });
  for (let time = 0; time < 3; time += 1)
    expect(await post('x')).toMatchObject({ error: 'channel_not_found' });
  slack.recover();
  expect(await post('x')).toMatchObject({ ok: true });
});

test('failures happen in the order in which they were told', async () => {
  const { slack, post } = await start();
  slack.fail({ mode: 'not_ok', error: 'first' });
  slack.fail({ mode: 'not_ok', error: 'second' });
  expect([(await post('x')).error, (await post('x')).error, (await post('x')).ok]).toEqual([
    'first',
    'second',
    true,
  ]);
});

test('a port that is taken is an error', async () => {
  const { slack } = await start();
  const port = Number(new URL(slack.url).port);
  await expect(startSlack({ token: 'x', channels: [], port })).rejects.toThrow('EADDRINUSE');
});

test('the scopes of the token are told, and enforced', async () => {
  const { slack, ask, call } = await start({ scopes: ['channels:read'] });
  expect((await call('auth.test', {})).headers.get('x-oauth-scopes')).toBe('channels:read');
  expect(await ask('chat.postMessage', { channel: 'C0HUMAN', text: 'x' })).toMatchObject({
    ...{ ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'channels:read' },
  });
  expect(await ask('conversations.list', { types: 'private_channel' })).toMatchObject({
    ...{ error: 'missing_scope', needed: 'groups:read' },
  });
  expect(slack.posts).toEqual([]);
});

test('with chat:write.public the bot posts where it is no member', async () => {
  const { ask } = await start({ scopes: ['chat:write', 'chat:write.public'] });
  expect(await ask('chat.postMessage', { channel: 'C0OTHER', text: 'x' })).toMatchObject({ ok: true });
});

const SECRET = { id: 'C0SECRET', name: 'secret', member: false, private: true };
const TEAM = { id: 'C0TEAM', name: 'team', member: true, private: true };

test('a channel is shown by id, and a private one to its members only', async () => {
  const { ask, slack } = await start({ channels: [...CHANNELS, SECRET, TEAM] });
  const info = async (channel: string) => ask('conversations.info', { channel });
  expect(await info('C0OTHER')).toMatchObject({
    channel: { id: 'C0OTHER', name: 'other', is_member: false, is_private: false, is_archived: false },
  });
  expect(await info('C0TEAM')).toMatchObject({ channel: { is_member: true, is_private: true } });
  expect(slack.unexpected()).toEqual([]);
  expect(await info('C0SECRET')).toMatchObject({ error: 'channel_not_found' });
  expect(await info('#other')).toMatchObject({ error: 'channel_not_found' });
  expect(await ask('conversations.info', {})).toMatchObject({ error: 'invalid_arguments' });
});

test('channels are listed page by page', async () => {
  const { ask } = await start({ channels: [...CHANNELS, SECRET, TEAM] });
  const list = async (args: object) => {
    const answer = await ask('conversations.list', args);
    const channels = answer.channels as { name: string }[] | undefined;
    const { next_cursor } = answer.response_metadata as { next_cursor: string };
    return [channels?.map(({ name }) => name), next_cursor];
  };
  expect(await list({ limit: 2 })).toEqual([['human-fallback', 'other'], 'C0OLD']);
  expect(await list({ limit: 2, cursor: 'C0OLD' })).toEqual([['old'], '']);
  expect(await list({ exclude_archived: true, types: 'public_channel,private_channel' })).toEqual([
    ['human-fallback', 'other', 'team'],
    '',
  ]);
});

test.each([
  [{ limit: 1000 }, 'invalid_limit'],
  [{ cursor: 'nowhere' }, 'invalid_cursor'],
  [{ types: 'im' }, 'invalid_types'],
])('a list with %o is refused', async (args, error) => {
  const { ask } = await start();
  expect(await ask('conversations.list', args)).toMatchObject({ ok: false, error });
});
