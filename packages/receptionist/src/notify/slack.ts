/**
 * Alerts in Slack, kept true. Attempts, back-off and `Retry-After` live in the delivery's row: here each message is one
 * request. An alert arrives at least once; one that may have arrived is looked for, and updated instead of posted again.
 */
import { slackChannelOf } from '@receptionist/core';
import type { ChatPostMessageArguments, WebClient } from '@slack/web-api';
import type { Log } from '../observability/log.ts';
import { within } from '../within.ts';
import type { Alert, ListedEntry, Teller } from './notifier.ts';
import { type Frame, slackAlert } from './slack-alert.ts';
import type { Looks } from './slack-buttons.ts';
import { createSlackConnection, type SlackAccess } from './slack-connection.ts';
import { slackDigest } from './slack-digest.ts';
import { channelRemedy, explain, isAboutBlocks, isStale, refusalOf } from './slack-faults.ts';
import { type Block, escaped, type SlackContent } from './slack-markup.ts';
import { threadReply } from './slack-thread.ts';

/** With the post that follows where nothing is found, within what a send may take. */
const SEARCH_MS = 2_500;
/** The last so many messages of the channel: Slack's limit of a page is 999, that of some apps far lower. */
const MESSAGES_SEARCHED = 100;

/** Of 999 channels each, when the id of one is looked for by its name. */
const MOST_PAGES = 5;

type MessageMetadata = NonNullable<ChatPostMessageArguments['metadata']>;

export function createSlackTeller({
  token,
  apiUrl,
  channel: defaultChannel,
  runbook,
  interactive,
  log,
}: SlackAccess & {
  /** For the tenants without a channel of their own. */
  channel: string;
  runbook: string;
  /** Whether presses of buttons reach us: without a signing secret there are none. */
  interactive: boolean;
  log: Log;
}): Teller {
  const slack = createSlackConnection({ token, apiUrl });
  const looks = { runbook, interactive };
  /** Slack takes a name to post, and wants an id for all else. */
  const channelIds = new Map<string, string>();

  return {
    async alert(alert) {
      const channel = slackChannelOf(alert.told.tenant, defaultChannel);
      try {
        return { reference: await deliver(alert, channel) };
      } catch (error) {
        const remedy = channel === defaultChannel ? null : channelRemedy(error);
        if (remedy === null) throw explain(error, channel, alert);
        return { reference: await deliverElsewhere(alert, channel, `${refusalOf(error)}: ${remedy}`) };
      }
    },

    async showEntry(reference, told) {
      await update(reference, slackAlert(told, looks));
    },

    async showDigest(reference, entries) {
      await update(reference, slackDigest(entries, looks));
    },

    async tellThread(reference, _entry, events) {
      const text = threadReply(events);
      const [channel, thread_ts] = partsOf(reference);
      if (text !== null) await isKept(reference, () => post({ channel, thread_ts, text }));
    },

    async say(channel, text) {
      try {
        return { reference: await post({ channel, text: escaped(text) }) };
      } catch (error) {
        throw explain(error, channel);
      }
    },
  };

  async function deliver(alert: Alert, channel: string, remark?: string): Promise<string | null> {
    const content = contentOf(alert, looks, remark);
    // A change to a message calls nobody: what tells of others too, which may not have been in it, is posted.
    const isLookedFor = alert.mayHaveArrived && alert.others.length === 0;
    const arrived = isLookedFor ? await find(alert.delivery_id, channel) : null;
    if (arrived !== null && (await update(arrived, content))) return arrived;
    const metadata = metadataOf(alert);
    return withOrWithoutBlocks(content, (said) => post({ channel, ...said, metadata }));
  }

  /** Better in the wrong channel than nowhere. */
  async function deliverElsewhere(alert: Alert, refused: string, why: string): Promise<string | null> {
    const { tenant_id } = alert.told.tenant;
    log.warn(
      { tenant_id, channel: refused, why },
      "a tenant's own channel refused an alert; it goes to SLACK_CHANNEL",
    );
    const remark = `This belongs into ${escaped(refused)}, which Slack refused (${escaped(why)}).`;
    return deliver(alert, defaultChannel, remark).catch((error) => {
      throw explain(error, defaultChannel, alert);
    });
  }

  async function post(message: { channel: string; text: string } & Record<string, unknown>) {
    const client = await slack();
    const { channel, ts } = await client.chat.postMessage({
      ...message,
      unfurl_links: false,
      unfurl_media: false,
    } as ChatPostMessageArguments);
    if (!channel || !ts) return null;
    channelIds.set(message.channel, channel);
    return `${channel}/${ts}`;
  }

  /** False: the message is gone, or cannot be changed any more. */
  async function update(reference: string, content: SlackContent): Promise<boolean> {
    const [channel, ts] = partsOf(reference);
    return isKept(reference, () =>
      withOrWithoutBlocks(content, async (said) =>
        // Where none are sent, the old ones might stay.
        (await slack()).chat.update({ channel, ts, blocks: [], ...said }),
      ),
    );
  }

  async function isKept(reference: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isStale(error)) throw explain(error, reference);
      log.info({ reference, why: refusalOf(error) }, 'a message in Slack can no longer be kept true');
      return false;
    }
  }

  /** The message of an alert that may have arrived; null where there is none, or where it cannot be looked for. */
  async function find(delivery_id: string, channel: string): Promise<string | null> {
    try {
      return await within(SEARCH_MS, search(delivery_id, channel));
    } catch (error) {
      const why = refusalOf(error) ?? (error as Error).message;
      log.warn(
        { delivery_id, channel, why },
        'whether an alert had arrived could not be looked up; it is posted, perhaps a second time',
      );
      return null;
    }
  }

  async function search(delivery_id: string, name: string): Promise<string | null> {
    const channel = await channelIdOf(name);
    if (channel === null) return null;
    const { messages = [] } = await (await slack()).conversations.history({
      channel,
      include_all_metadata: true,
      limit: MESSAGES_SEARCHED,
    });
    const found = messages.find(({ metadata }) => deliveryOf(metadata) === delivery_id);
    return found?.ts ? `${channel}/${found.ts}` : null;
  }

  async function channelIdOf(channel: string): Promise<string | null> {
    if (/^[CGD][A-Z0-9]{5,}$/.test(channel)) return channel;
    const name = channel.replace(/^#/, '');
    return channelIds.get(channel) ?? (await listedChannel(await slack(), name));
  }
}

async function listedChannel(client: WebClient, name: string): Promise<string | null> {
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const { channels = [], response_metadata } = await client.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 999,
      ...(cursor ? { cursor } : {}),
    });
    const found = channels.find((channel) => channel.name === name);
    if (found?.id) return found.id;
    cursor = response_metadata?.next_cursor ?? '';
    if (cursor === '') break;
  }
  return null;
}

function contentOf(alert: Alert, looks: Looks, remark: string | undefined): SlackContent {
  const { told, others, late } = alert;
  const remarks = [late ? 'This could not be told in time.' : null, remark ?? null];
  const frame: Frame = { mention: mentionOf(alert), remarks: remarks.filter((one) => one !== null) };
  if (others.length === 0) return slackAlert(told, looks, frame);
  const first: ListedEntry = { entry: told.entry, tenant: told.tenant.name, round: told.round };
  return slackDigest([first, ...others], looks, frame);
}

/** Those of whom Slack's id is not known are called with everybody who is there. */
function mentionOf({ mention, late }: Alert): string {
  if (mention === null || late) return '';
  const ids = mention === 'here' ? [] : mention.flatMap(({ slack_user_id }) => slack_user_id ?? []);
  return ids.length === 0 ? '<!here> ' : `${ids.map((id) => `<@${id}>`).join(' ')} `;
}

/** Every member of the workspace can read this: ids alone. */
function metadataOf({ delivery_id, told: { entry, round } }: Alert): MessageMetadata {
  return { event_type: 'human_fallback', event_payload: { entry_id: entry.entry_id, round, delivery_id } };
}

/** Anybody's message has any metadata. */
function deliveryOf(metadata: unknown): unknown {
  return (metadata as { event_payload?: { delivery_id?: unknown } } | undefined)?.event_payload?.delivery_id;
}

/** Better plain than not at all. */
async function withOrWithoutBlocks<T>(
  { text, blocks, withoutBlocks }: SlackContent,
  send: (said: { text: string; blocks?: Block[] }) => Promise<T>,
): Promise<T> {
  try {
    return await send({ text, blocks });
  } catch (error) {
    if (!isAboutBlocks(error)) throw error;
  }
  return send({ text: withoutBlocks });
}

/** `C…/ts` */
function partsOf(reference: string): [channel: string, ts: string] {
  const [channel = '', ts = ''] = reference.split('/', 2);
  return [channel, ts];
}
