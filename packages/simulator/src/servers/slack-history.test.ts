import { expect, test } from 'vitest';
import { startWorkspace } from './test-workspace.ts';

const METADATA = { event_type: 'alert', event_payload: { entry_id: 'fb_1' } };
const CHANNEL = 'C0HUMAN';

async function started(options: Parameters<typeof startWorkspace>[0] = {}) {
  const workspace = await startWorkspace({ burst: 20, now: () => 1_700_000_000_000, ...options });
  const words = async (method: string, args: object = {}) => {
    const { error, messages = [] } = await workspace.ask(method, { channel: CHANNEL, ...args });
    return error ?? messages.map(({ text }: { text: string }) => text);
  };
  return { ...workspace, words };
}

test('a channel is read newest first, as it stands, without the replies that stay in their thread', async () => {
  const { slack, ask, post, words } = await started();
  const { ts } = await post('one', { metadata: METADATA });
  await post('two');
  await post('quiet', { thread_ts: ts });
  await post('loud', { thread_ts: ts, reply_broadcast: true });
  await ask('chat.update', { channel: CHANNEL, ts, text: 'one, changed' });
  expect(await words('conversations.history')).toEqual(['loud', 'two', 'one, changed']);
  expect(await words('conversations.replies', { ts })).toEqual(['one, changed', 'quiet', 'loud']);
  expect(slack.thread(ts).map(({ text, broadcast }) => [text, broadcast])).toEqual([
    ['quiet', false],
    ['loud', true],
  ]);
  expect(slack.message(ts).text).toBe('one, changed');
  const history = await ask('conversations.history', { channel: CHANNEL });
  expect(history.messages.at(-1)).toMatchObject({ ts, thread_ts: ts, reply_count: 2 });
  expect(JSON.stringify(history)).not.toContain('fb_1');
  const all = await ask('conversations.history', { channel: CHANNEL, include_all_metadata: true });
  expect(all.messages.at(-1).metadata).toEqual(METADATA);
  expect(slack.unexpected()).toEqual([]);
});

test('a part of a channel is read by time and by page', async () => {
  const { ask, post, words } = await started();
  const stamps: string[] = [];
  for (const text of ['one', 'two', 'three']) stamps.push((await post(text)).ts);
  const [oldest, , latest] = stamps;
  expect(await words('conversations.history', { oldest })).toEqual(['three', 'two']);
  expect(await words('conversations.history', { latest })).toEqual(['two', 'one']);
  expect(await words('conversations.history', { oldest, latest, inclusive: true })).toHaveLength(3);
  const first = await ask('conversations.history', { channel: CHANNEL, limit: 2 });
  expect(first.has_more).toBe(true);
  const { next_cursor: cursor } = first.response_metadata;
  expect(await words('conversations.history', { limit: 2, cursor })).toEqual(['one']);
});

test.each<[string, string, object, string]>([
  ['a name', 'conversations.history', { channel: '#human-fallback' }, 'channel_not_found'],
  ['a channel without the bot', 'conversations.history', { channel: 'C0OTHER' }, 'not_in_channel'],
  ['a bad time', 'conversations.history', { oldest: 'yesterday' }, 'invalid_ts_oldest'],
  ['a bad limit', 'conversations.history', { limit: 1_000 }, 'invalid_limit'],
  ['a bad cursor', 'conversations.history', { cursor: 'x' }, 'invalid_cursor'],
  ['no such thread', 'conversations.replies', { ts: '1.000000' }, 'thread_not_found'],
  ['no such message', 'chat.getPermalink', { message_ts: '1.000000' }, 'message_not_found'],
  ['nobody', 'users.info', { user: 'U1' }, 'user_not_found'],
  ['nobody here', 'chat.postEphemeral', { user: 'U1', text: 'x' }, 'user_not_in_channel'],
])('%s is refused', async (_, method, args, error) => {
  const { slack, words } = await started();
  expect(await words(method, args)).toBe(error);
  expect(slack.unexpected()).toHaveLength(1);
});

test('reading needs its scope', async () => {
  const { ask } = await started({ scopes: ['chat:write'] });
  expect(await ask('conversations.history', { channel: CHANNEL })).toMatchObject({
    ...{ error: 'missing_scope', needed: 'channels:history', provided: 'chat:write' },
  });
  const closed = await started({
    scopes: ['chat:write', 'channels:history'],
    channels: [{ id: 'G0CLOSED', name: 'closed', member: true, private: true }],
  });
  expect(await closed.ask('conversations.history', { channel: 'G0CLOSED' })).toMatchObject({
    needed: 'groups:history',
  });
});

test('a reply to no message, or to a reply, stands in the channel, and somebody should know', async () => {
  const { slack, post } = await started();
  const { ts } = await post('one');
  const reply = await post('two', { thread_ts: ts });
  expect(reply.message.thread_ts).toBe(ts);
  expect((await post('three', { thread_ts: reply.ts })).message).not.toHaveProperty('thread_ts');
  await post('four', { thread_ts: '1.000000' });
  expect(slack.thread(ts).map(({ text }) => text)).toEqual(['two']);
  expect(slack.unexpected()).toEqual([
    `thread_ts ${reply.ts} is a reply: its thread is ${ts}`,
    'thread_ts 1.000000 is no message in #human-fallback: the reply stands in the channel',
  ]);
});

test('words for one person, a link to a message, and who somebody is', async () => {
  const { slack, ask, post } = await started({ users: [{ id: 'U0LEX', name: 'lex' }] });
  const { ts } = await post('one');
  expect(
    await ask('chat.postEphemeral', { channel: CHANNEL, user: 'U0LEX', text: 'Clark has it.' }),
  ).toMatchObject({ ok: true });
  expect(slack.ephemerals.map(({ user, lines }) => [user, lines()])).toEqual([['U0LEX', ['Clark has it.']]]);
  expect((await ask('chat.getPermalink', { channel: CHANNEL, message_ts: ts })).permalink).toBe(
    'https://simulated.slack.example/archives/C0HUMAN/p1700000000000000',
  );
  expect((await ask('users.info', { user: 'U0LEX' })).user.name).toBe('lex');
});

test('an application without chat:write.public posts only where it is', async () => {
  const everywhere = await started({ scopes: ['chat:write', 'chat:write.public'] });
  expect(await everywhere.post('one', { channel: 'C0OTHER' })).toMatchObject({ ok: true });
  const invited = await started();
  expect(await invited.post('one', { channel: 'C0OTHER' })).toMatchObject({ error: 'not_in_channel' });
});
