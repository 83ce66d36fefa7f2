/** Messages: what an application may post, and how Slack shows it. https://docs.slack.dev/reference/methods/chat.postMessage */
import { complaintsAboutBlocks } from './block-kit.ts';
import { findButtons, findLinks, findMentions, readLines } from './slack-reading.ts';
import {
  BOT,
  invalidArguments,
  type SlackArguments,
  type SlackChannel,
  type SlackMessage,
  SlackRefusal,
  type SlackWorkspace,
} from './slack-workspace.ts';

export interface Content {
  text: string;
  blocks: readonly unknown[];
  /** Left out where the call left it out. */
  metadata?: unknown;
}

type Place = Pick<SlackMessage, 'channel' | 'ts' | 'thread_ts' | 'broadcast'>;

export function postMessage(
  workspace: SlackWorkspace,
  place: Omit<Place, 'ts'>,
  content: Content,
): SlackMessage {
  const message = createMessage({ ...place, ts: workspace.nextTs() }, content);
  workspace.posts.push(message);
  workspace.present.set(message.ts, message);
  return message;
}

/** Metadata that is left out stays. */
export function updateMessage(
  workspace: SlackWorkspace,
  present: SlackMessage,
  content: Content,
): SlackMessage {
  const message = createMessage(present, { metadata: present.metadata, ...content });
  workspace.updates.push(message);
  workspace.present.set(message.ts, message);
  return message;
}

function createMessage({ channel, ts, thread_ts, broadcast }: Place, content: Content): SlackMessage {
  const { text, blocks, metadata = null } = content;
  return {
    ...{ channel, ts, thread_ts, broadcast, text, blocks, metadata },
    lines: () => readLines(text, blocks),
    mentions: findMentions(text, blocks),
    buttons: findButtons(blocks),
    links: findLinks(text, blocks),
  };
}

/** @throws SlackRefusal message_not_found */
export function findMessage({ present }: SlackWorkspace, channel: SlackChannel, ts: string): SlackMessage {
  const message = present.get(ts);
  if (message?.channel.id === channel.id) return message;
  throw new SlackRefusal('message_not_found', [`no message ${ts} in #${channel.name}`]);
}

/** As they stand now. */
export function repliesTo({ present }: SlackWorkspace, ts: string): SlackMessage[] {
  return [...present.values()].filter(({ thread_ts }) => thread_ts === ts);
}

/**
 * The message to reply to. What is none, or is a reply itself, is not refused: the words then stand in the channel like
 * any others (https://github.com/slack-go/slack/issues/1571), which no application means.
 */
export function readThread(
  { thread_ts }: SlackArguments,
  channel: SlackChannel,
  { present, complaints }: SlackWorkspace,
): string | null {
  if (thread_ts === undefined || thread_ts === null) return null;
  if (typeof thread_ts !== 'string') throw invalidArguments('thread_ts must be a string');
  const parent = present.get(thread_ts);
  if (parent?.channel.id === channel.id && parent.thread_ts === null) return thread_ts;
  complaints.push(
    parent?.thread_ts
      ? `thread_ts ${thread_ts} is a reply: its thread is ${parent.thread_ts}`
      : `thread_ts ${thread_ts} is no message in #${channel.name}: the reply stands in the channel`,
  );
  return null;
}

/** Slack names what the application left without a name. */
export function identified(blocks: readonly unknown[]): Item[] {
  return blocks.filter(isObject).map((block, index) => ({
    block_id: `b${index}`,
    ...block,
    ...(Array.isArray(block.elements) && block.type === 'actions'
      ? { elements: block.elements.map(named) }
      : {}),
    ...(isObject(block.accessory) ? { accessory: named(block.accessory, 0) } : {}),
    ...(isObject(block.element) ? { element: named(block.element, 0) } : {}),
  }));
}

function named(element: unknown, index: number): unknown {
  return isObject(element) && element.type !== 'image' ? { action_id: `a${index}`, ...element } : element;
}

/** As Slack's JSON has it, without its metadata. */
export function wireMessage(message: SlackMessage, workspace: SlackWorkspace): Item {
  const { ts, thread_ts, text, blocks, broadcast } = message;
  const replies = thread_ts === null ? repliesTo(workspace, ts) : [];
  return {
    ...{ type: 'message', user: BOT.user_id, bot_id: BOT.bot_id, app_id: workspace.appId },
    ...{ team: workspace.teamId, ts, text, blocks: identified(blocks) },
    ...(broadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(thread_ts === null ? {} : { thread_ts, parent_user_id: BOT.user_id }),
    ...(replies.length > 0
      ? { thread_ts: ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts }
      : {}),
  };
}

const LONGEST_TEXT = 40_000;

/** @throws SlackRefusal */
export function readContent(args: SlackArguments): Content {
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

type Item = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
