/** Slack's methods: what they check, in Slack's order, and what they do. https://docs.slack.dev/reference/methods */
import { complaintsAboutBlocks } from './block-kit.ts';
import { CHANNEL_METHODS, findChannel } from './slack-channels.ts';
import { findButtons, findLinks, findMentions, readLines } from './slack-reading.ts';
import {
  invalidArguments,
  needScope,
  required,
  type SlackAnswer,
  type SlackArguments,
  type SlackChannel,
  type SlackMessage,
  type SlackMethod,
  SlackRefusal,
  type SlackWorkspace,
  takeTurn,
} from './slack-workspace.ts';

export const SLACK_METHODS: Readonly<Record<string, SlackMethod>> = {
  ...CHANNEL_METHODS,

  'auth.test': () => ({
    ok: true,
    url: 'https://simulated.slack.example/',
    team: 'Simulated',
    user: 'receptionist',
    team_id: 'T0SIMULATED',
    user_id: 'U0RECEPTION',
    bot_id: 'B0RECEPTION',
  }),

  'chat.postMessage': (args, workspace) => {
    needScope(workspace, 'chat:write');
    const channel = findChannel(args, workspace, { byName: true });
    const content = readContent(args);
    takeTurn(workspace.perChannel, channel.id, `about one message a second in #${channel.name}`);
    const message = createMessage(channel, workspace.nextTs(), args, content);
    workspace.posts.push(message);
    return accepted(message, args);
  },

  'chat.update': (args, workspace) => {
    needScope(workspace, 'chat:write');
    const channel = findChannel(args, workspace, { byName: false });
    const present = latest(workspace, channel, required(args, 'ts'));
    const content = readContent(args);
    takeTurn(workspace.tier3, 'chat.update', 'about 50 updates a minute');
    const kept = { metadata: present.metadata, ...content };
    const message = createMessage(channel, present.ts, { thread_ts: present.thread_ts }, kept);
    workspace.updates.push(message);
    return { ...accepted(message, args), text: message.text };
  },
};

interface Content {
  text: string;
  blocks: readonly unknown[];
  /** Left out where the call left it out. */
  metadata?: unknown;
}

function latest({ posts, updates }: SlackWorkspace, channel: SlackChannel, ts: string): SlackMessage {
  const found = [...posts, ...updates].findLast(
    (message) => message.channel.id === channel.id && message.ts === ts,
  );
  if (!found) throw new SlackRefusal('message_not_found', [`no message ${ts} in #${channel.name}`]);
  return found;
}

const LONGEST_TEXT = 40_000;

function readContent(args: SlackArguments): Content {
  const { text = '', metadata } = args;
  if (typeof text !== 'string') throw invalidArguments('text must be a string');
  const blocks = readBlocks(args.blocks, 'blocks');
  const attachments = readBlocks(args.attachments, 'attachments');
  if (text.trim() === '' && blocks.length === 0 && attachments.length === 0) {
    throw new SlackRefusal('no_text', ['neither text nor blocks nor attachments']);
  }
  if (text.length > LONGEST_TEXT) {
    throw new SlackRefusal('msg_too_long', [`${text.length} characters of text`]);
  }
  if (metadata !== undefined) refuseBadMetadata(metadata);
  return {
    text,
    blocks: [...goodBlocks(blocks, '/blocks'), ...attachments.flatMap(blocksOfAttachment)],
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function blocksOfAttachment(attachment: unknown, index: number): readonly unknown[] {
  const blocks = isObject(attachment) ? readBlocks(attachment.blocks, 'blocks') : [];
  return goodBlocks(blocks, `/attachments/${index}/blocks`);
}

function goodBlocks(blocks: readonly unknown[], pointer: string): readonly unknown[] {
  const complaints = complaintsAboutBlocks(blocks, pointer);
  if (complaints.length > 0) throw new SlackRefusal('invalid_blocks', complaints);
  return blocks;
}

function readBlocks(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  const error = name === 'blocks' ? 'invalid_blocks_format' : 'invalid_attachments';
  throw new SlackRefusal(error, [`${name} must be a JSON array`]);
}

/** Slack does not publish the limit; this is generous for ids, which is all that belongs there. */
const LARGEST_METADATA = 16_000;

/** `{}` takes the metadata of a message away. */
function refuseBadMetadata(metadata: unknown): void {
  if (!isObject(metadata)) {
    throw new SlackRefusal('invalid_metadata_format', ['metadata must be a JSON object']);
  }
  if (Object.keys(metadata).length === 0) return;
  const { event_type, event_payload, ...others } = metadata;
  const fits = typeof event_type === 'string' && event_type !== '' && isObject(event_payload);
  if (!fits || Object.keys(others).length > 0) {
    throw new SlackRefusal('invalid_metadata_schema', [
      'metadata has event_type, a string, and event_payload, an object',
    ]);
  }
  if (JSON.stringify(metadata).length > LARGEST_METADATA) {
    throw new SlackRefusal('metadata_too_large', [`more than ${LARGEST_METADATA} characters`]);
  }
}

function isObject(value: unknown): value is SlackArguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function createMessage(
  channel: SlackChannel,
  ts: string,
  args: SlackArguments,
  content: Content,
): SlackMessage {
  const { text, blocks, metadata = null } = content;
  return {
    channel,
    ts,
    thread_ts: typeof args.thread_ts === 'string' ? args.thread_ts : null,
    text,
    blocks,
    metadata,
    lines: () => readLines(text, blocks),
    mentions: findMentions(text, blocks),
    buttons: findButtons(blocks),
    links: findLinks(text, blocks),
  };
}

/** The text of a message with blocks is what a phone shows in its notification: without it, a warning. */
function accepted({ channel, ts, text, blocks }: SlackMessage, args: SlackArguments): SlackAnswer {
  const silent = text.trim() === '' && blocks.length > 0;
  return {
    ok: true,
    channel: channel.id,
    ts,
    message: {
      type: 'message',
      bot_id: 'B0RECEPTION',
      user: 'U0RECEPTION',
      ts,
      text,
      blocks,
      metadata: args.metadata,
    },
    ...(silent ? { warning: 'missing_text', response_metadata: { warnings: ['missing_text'] } } : {}),
  };
}
