/** Channels as the bot sees them. https://docs.slack.dev/reference/methods/conversations.list */
import {
  needScope,
  required,
  type SlackAnswer,
  type SlackArguments,
  type SlackChannel,
  type SlackMethod,
  SlackRefusal,
  type SlackWorkspace,
  takeTurn,
} from './slack-workspace.ts';

export const CHANNEL_METHODS: Readonly<Record<string, SlackMethod>> = {
  'conversations.info': (args, workspace) => {
    const wanted = required(args, 'channel');
    const channel = workspace.channels.find(({ id }) => id === wanted);
    if (!channel || isHidden(channel)) throw new SlackRefusal('channel_not_found', [`no channel ${wanted}`]);
    needScope(workspace, readScope(channel));
    takeTurn(workspace.tier3, 'conversations.info', 'about 50 a minute');
    return { ok: true, channel: shown(channel) };
  },

  'conversations.list': (args, workspace) => {
    const types = readTypes(args);
    for (const type of types) needScope(workspace, READ_SCOPES[type]);
    takeTurn(workspace.tier2, 'conversations.list', 'about 20 a minute');
    const found = workspace.channels.filter(
      (channel) =>
        types.includes(typeOf(channel)) &&
        !isHidden(channel) &&
        !(channel.archived && String(args.exclude_archived) === 'true'),
    );
    return channelPage(found, args);
  },
};

/** The channel to post to. */
export function findChannel(
  args: SlackArguments,
  { channels, scopes }: SlackWorkspace,
  by: { byName: boolean },
): SlackChannel {
  const wanted = required(args, 'channel');
  const channel = channels.find(
    ({ id, name }) => wanted === id || (by.byName && wanted.replace(/^#/, '') === name),
  );
  if (!channel || isHidden(channel)) {
    throw new SlackRefusal('channel_not_found', [`no channel ${wanted}${by.byName ? '' : ' (ids only)'}`]);
  }
  if (channel.archived) throw new SlackRefusal('is_archived', [`#${channel.name} is archived`]);
  if (!channel.member && !scopes.includes('chat:write.public'))
    throw new SlackRefusal('not_in_channel', [`the bot is not in #${channel.name}`]);
  return channel;
}

/** The channel to read, which a bot must be in. */
export function findMember(args: SlackArguments, { channels }: SlackWorkspace): SlackChannel {
  const wanted = required(args, 'channel');
  const channel = channels.find(({ id }) => id === wanted);
  if (!channel || isHidden(channel)) throw new SlackRefusal('channel_not_found', [`no channel ${wanted}`]);
  if (!channel.member) throw new SlackRefusal('not_in_channel', [`the bot is not in #${channel.name}`]);
  return channel;
}

/** A private channel without the bot does not exist for it. */
function isHidden({ private: closed = false, member }: SlackChannel): boolean {
  return closed && !member;
}

const READ_SCOPES = { public_channel: 'channels:read', private_channel: 'groups:read' } as const;

type ChannelType = keyof typeof READ_SCOPES;

function typeOf({ private: closed = false }: SlackChannel): ChannelType {
  return closed ? 'private_channel' : 'public_channel';
}

function readScope(channel: SlackChannel): string {
  return READ_SCOPES[typeOf(channel)];
}

function readTypes({ types = 'public_channel' }: SlackArguments): ChannelType[] {
  return String(types)
    .split(',')
    .map((word) => word.trim())
    .map((type) => {
      if (type === 'public_channel' || type === 'private_channel') return type;
      throw new SlackRefusal('invalid_types', [`"${type}" is no type of channel here`]);
    });
}

function channelPage(
  channels: readonly SlackChannel[],
  { limit = 100, cursor = '' }: SlackArguments,
): SlackAnswer {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > 999)
    throw new SlackRefusal('invalid_limit', [`limit ${String(limit)}: 1 to 999`]);
  const start = cursor === '' ? 0 : channels.findIndex(({ id }) => id === cursor);
  if (start === -1) throw new SlackRefusal('invalid_cursor', [`"${String(cursor)}" is no cursor`]);
  const next_cursor = channels[start + most]?.id ?? '';
  return {
    ok: true,
    channels: channels.slice(start, start + most).map(shown),
    response_metadata: { next_cursor },
  };
}

function shown(channel: SlackChannel) {
  const { id, name, member, archived = false, private: closed = false } = channel;
  return {
    id,
    name,
    name_normalized: name,
    is_channel: !closed,
    is_group: closed,
    is_im: false,
    is_private: closed,
    is_archived: archived,
    is_member: member,
  };
}
