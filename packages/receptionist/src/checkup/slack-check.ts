/** Whether alerts would arrive in Slack, and presses come back: asked of Slack itself, without posting anything. */
import { type DaemonCheck, type Finding, fine, skipped, worrying, wrong } from '@receptionist/admin-api';
import { isPlaceholder } from '@receptionist/core';
import { probe } from './probe.ts';

export interface SlackSettings {
  token: string | undefined;
  signingSecret: string | undefined;
  /** Without a slash at the end. */
  apiUrl: string;
}

type SlackFindings = Record<Extract<DaemonCheck, `slack_${string}`>, Finding>;

export async function checkSlack(
  settings: SlackSettings,
  channels: readonly string[],
): Promise<SlackFindings> {
  const { token, apiUrl } = settings;
  if (!token) return notSet();
  const ask = (method: string, args: Record<string, string> = {}) =>
    askSlack({ token, apiUrl }, method, args);
  const signedIn = await ask('auth.test');
  const slack_signing_secret = checkSigningSecret(settings.signingSecret);
  if (!signedIn.ok) {
    const notAsked = skipped('Not looked at: Slack does not take the token.');
    const slack_token = tokenRefused(signedIn.error);
    return { slack_token, slack_scopes: notAsked, slack_channel: notAsked, slack_signing_secret };
  }
  return {
    slack_token: fine(`Slack knows the bot as ${signedIn['user'] ?? 'a user'}.`),
    slack_scopes: checkScopes(signedIn.scopes),
    slack_channel: await checkChannels(ask, channels, signedIn.scopes),
    slack_signing_secret,
  };
}

function notSet(): SlackFindings {
  const nothing = skipped('Slack is not set up.');
  const slack_token = worrying(
    'The daemon has no SLACK_BOT_TOKEN.',
    'Alerts go to its log, where nobody may see them in time.',
    'Make a Slack app from docs/slack-app-manifest.yaml, install it, and set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET at the daemon.',
  );
  return { slack_token, slack_scopes: nothing, slack_channel: nothing, slack_signing_secret: nothing };
}

interface SlackAnswer {
  ok: boolean;
  /** Slack's name of what is wrong, or why nothing usable came back. */
  error: string;
  scopes: string[];
  [member: string]: unknown;
}

async function askSlack(
  { token, apiUrl }: { token: string; apiUrl: string },
  method: string,
  args: Record<string, string>,
): Promise<SlackAnswer> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const { response, body } = await probe(`${apiUrl}/${method}`, { headers, form: args });
    const scopes = (response.headers.get('x-oauth-scopes') ?? '').split(/\s*,\s*/).filter(Boolean);
    return { ok: false, error: `HTTP ${response.status}`, ...(body as object | null), scopes };
  } catch (error) {
    return { ok: false, error: `${UNREACHABLE} (${(error as Error).message})`, scopes: [] };
  }
}

const UNREACHABLE = 'no usable answer';

function tokenRefused(error: string): Finding {
  if (error.startsWith(UNREACHABLE)) {
    return wrong(
      `Slack: ${error}.`,
      'Alerts wait until Slack can be reached.',
      "Can the daemon's machine reach SLACK_API_URL? See https://status.slack.com",
    );
  }
  return wrong(
    `Slack says ${error} to SLACK_BOT_TOKEN.`,
    'No alert arrives.',
    'Copy the bot token (xoxb-…) from "OAuth & Permissions" of your Slack app into SLACK_BOT_TOKEN, and restart the daemon.',
  );
}

function checkScopes(scopes: readonly string[]): Finding {
  const named = scopes.join(', ') || 'none';
  if (!scopes.includes('chat:write')) {
    return wrong(
      `The token's scopes are ${named}: chat:write is missing.`,
      'Slack refuses every alert.',
      'Add chat:write under "OAuth & Permissions" of your Slack app, and install it again.',
    );
  }
  const missing = FINDS_AGAIN.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) {
    return worrying(
      `The token's scopes are ${named}: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`,
      'After a time-out the daemon cannot look whether Slack has the alert, and posts it a second time.',
      `Add ${missing.join(' and ')} under "OAuth & Permissions" of your Slack app (docs/slack-app-manifest.yaml has all that is needed), and install it again.`,
    );
  }
  return fine(`The token has ${named}.`);
}

/** In public channels, and in private ones. */
const FINDS_AGAIN = ['channels:history', 'groups:history'];

const CAN_LOOK = ['channels:read', 'groups:read'];

type Ask = (method: string, args?: Record<string, string>) => Promise<SlackAnswer>;

async function checkChannels(
  ask: Ask,
  channels: readonly string[],
  scopes: readonly string[],
): Promise<Finding> {
  if (!scopes.some((scope) => CAN_LOOK.includes(scope))) {
    return worrying(
      `Whether the bot is in ${channels.join(', ')} cannot be looked up.`,
      'It works if the bot is a member; the first alert will tell.',
      'Invite the bot (/invite), or give the app channels:read and groups:read so that this can be checked.',
    );
  }
  const findings = await Promise.all(channels.map((channel) => checkChannel(ask, channel, scopes)));
  const bad =
    findings.find(({ status }) => status === 'fail') ?? findings.find(({ status }) => status === 'warn');
  return bad ?? fine(`The bot can post in ${channels.join(', ')}.`);
}

interface SlackChannel {
  name: string;
  is_member: boolean;
  is_private: boolean;
  is_archived: boolean;
}

async function checkChannel(ask: Ask, wanted: string, scopes: readonly string[]): Promise<Finding> {
  const channel = /^[CG][A-Z0-9]{5,}$/.test(wanted)
    ? await channelById(ask, wanted)
    : await channelByName(ask, wanted.replace(/^#/, ''), scopes);
  if (!channel) {
    return wrong(
      `Slack shows the bot no channel ${wanted}.`,
      'Alerts for it are refused (channel_not_found).',
      `Make the channel or mend the name; a private one shows once the bot is invited (/invite). Best set SLACK_CHANNEL, or the tenant's slack_channel, to its id.`,
    );
  }
  if (channel.is_archived)
    return wrong(
      `${wanted} is archived.`,
      'Slack refuses alerts for it.',
      'Unarchive it, or name another channel.',
    );
  const mayPost = channel.is_member || (!channel.is_private && scopes.includes('chat:write.public'));
  if (mayPost) return fine(`The bot can post in ${wanted}.`);
  return wrong(
    `The bot is not a member of ${wanted}.`,
    'Slack refuses alerts for it (not_in_channel).',
    `Type /invite @your-bot in ${wanted}, or give the app chat:write.public.`,
  );
}

async function channelById(ask: Ask, id: string): Promise<SlackChannel | null> {
  const { ok, channel } = await ask('conversations.info', { channel: id });
  return ok ? (channel as SlackChannel) : null;
}

async function channelByName(
  ask: Ask,
  name: string,
  scopes: readonly string[],
): Promise<SlackChannel | null> {
  const types = [
    ...(scopes.includes('channels:read') ? ['public_channel'] : []),
    ...(scopes.includes('groups:read') ? ['private_channel'] : []),
  ].join(',');
  let cursor = '';
  do {
    const answer = await ask('conversations.list', { types, limit: '999', ...(cursor ? { cursor } : {}) });
    const channels = (answer['channels'] ?? []) as SlackChannel[];
    const found = channels.find((channel) => channel.name === name);
    if (found) return found;
    cursor = (answer['response_metadata'] as { next_cursor?: string } | undefined)?.next_cursor ?? '';
  } while (cursor !== '');
  return null;
}

function checkSigningSecret(secret: string | undefined): Finding {
  if (secret && !isPlaceholder(secret)) return fine('The daemon has one.');
  return wrong(
    secret ? 'SLACK_SIGNING_SECRET is a placeholder.' : 'The daemon has no SLACK_SIGNING_SECRET.',
    'Presses of buttons in Slack cannot be checked: messages have no buttons, and presses of older ones are refused.',
    'Copy the signing secret from "Basic Information" of your Slack app into SLACK_SIGNING_SECRET, and restart the daemon.',
  );
}
