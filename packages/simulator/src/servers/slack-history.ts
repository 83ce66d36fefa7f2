/** Reading what was posted. https://docs.slack.dev/reference/methods/conversations.history */
import { findMember } from './slack-channels.ts';
import { repliesTo, wireMessage } from './slack-messages.ts';
import {
  needScope,
  required,
  type SlackAnswer,
  type SlackArguments,
  type SlackMessage,
  type SlackMethod,
  SlackRefusal,
  type SlackWorkspace,
  takeTurn,
} from './slack-workspace.ts';

export const HISTORY_METHODS: Readonly<Record<string, SlackMethod>> = {
  /** Newest first; replies only where they were sent to the channel too. */
  'conversations.history': (args, workspace) => {
    const channel = readable(args, workspace, 'conversations.history');
    const found = [...workspace.present.values()].filter(
      (message) => message.channel.id === channel.id && (message.thread_ts === null || message.broadcast),
    );
    return page(found.filter(between(args)).reverse(), args, workspace);
  },

  /** The message, then its replies, oldest first. */
  'conversations.replies': (args, workspace) => {
    const channel = readable(args, workspace, 'conversations.replies');
    const ts = required(args, 'ts');
    const message = workspace.present.get(ts);
    const parent = message?.thread_ts ? workspace.present.get(message.thread_ts) : message;
    if (parent?.channel.id !== channel.id)
      throw new SlackRefusal('thread_not_found', [`no message ${ts} in #${channel.name}`]);
    return page([parent, ...repliesTo(workspace, parent.ts).filter(between(args))], args, workspace);
  },
};

function readable(args: SlackArguments, workspace: SlackWorkspace, method: string) {
  const channel = findMember(args, workspace);
  needScope(workspace, channel.private ? 'groups:history' : 'channels:history');
  takeTurn(workspace.tier3, method, 'about 50 a minute');
  return channel;
}

function between(args: SlackArguments): (message: SlackMessage) => boolean {
  const oldest = readMoment(args, 'oldest') ?? 0;
  const latest = readMoment(args, 'latest') ?? Number.POSITIVE_INFINITY;
  const inclusive = String(args.inclusive) === 'true' || String(args.inclusive) === '1';
  return ({ ts }) => {
    const at = Number(ts);
    return (at > oldest && at < latest) || (inclusive && (at === oldest || at === latest));
  };
}

function readMoment(args: SlackArguments, name: 'oldest' | 'latest'): number | null {
  const value = args[name];
  if (value === undefined || value === '') return null;
  if (!/^\d+(\.\d+)?$/.test(String(value)))
    throw new SlackRefusal(`invalid_ts_${name}`, [`${name} ${String(value)} is no ts`]);
  return Number(value);
}

function page(
  messages: readonly SlackMessage[],
  args: SlackArguments,
  workspace: SlackWorkspace,
): SlackAnswer {
  const { limit = 100, cursor = '' } = args;
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > 999)
    throw new SlackRefusal('invalid_limit', [`limit ${String(limit)}: 1 to 999`]);
  const start = cursor === '' ? 0 : messages.findIndex(({ ts }) => ts === cursor);
  if (start === -1) throw new SlackRefusal('invalid_cursor', [`"${String(cursor)}" is no cursor`]);
  const withMetadata = String(args.include_all_metadata) === 'true';
  const next = messages[start + most]?.ts;
  return {
    ok: true,
    messages: messages.slice(start, start + most).map((message) => ({
      ...wireMessage(message, workspace),
      ...(withMetadata && message.metadata !== null ? { metadata: message.metadata } : {}),
    })),
    has_more: next !== undefined,
    ...(next === undefined ? {} : { response_metadata: { next_cursor: next } }),
  };
}
