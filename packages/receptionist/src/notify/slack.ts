/** Alerts in Slack. Attempts, back-off and `Retry-After` live in the delivery's row: here each alert is one request. */
import type { Tenant } from '@receptionist/core';
import type { WebClient } from '@slack/web-api';
import { type Notifier, NotifyError } from './notifier.ts';
import { slackAlert } from './slack-alert.ts';

const TIMEOUT_MS = 5_000;

/** What every tenant has that names none of its own (contract of `slack_channel`). */
const DEFAULT_TENANT_CHANNEL = '#human-fallback';

export function createSlackNotifier(options: {
  token: string;
  apiUrl: string;
  /** For the tenants without a channel of their own. */
  channel: string;
  runbook: string;
}): Notifier {
  let client: Promise<WebClient> | undefined;

  return {
    async send(alert) {
      client ??= connect(options);
      const channel = channelOf(alert.tenant, options.channel);
      const { blocks, ...rest } = slackAlert(alert, { runbook: options.runbook });
      try {
        return await post(await client, { channel, ...rest, blocks });
      } catch (error) {
        if (!isAboutBlocks(error)) throw explain(error, channel);
      }
      // Better plain than not at all.
      return post(await client, { channel, ...rest }).catch((error) => {
        throw explain(error, channel);
      });
    },
  };
}

export function channelOf({ slack_channel }: Pick<Tenant, 'slack_channel'>, otherwise: string): string {
  return slack_channel === DEFAULT_TENANT_CHANNEL ? otherwise : slack_channel;
}

/** Loaded at the first alert: 16 MB that a quiet daemon does not need. */
async function connect({ token, apiUrl }: { token: string; apiUrl: string }): Promise<WebClient> {
  const { WebClient } = await import('./slack-client.ts');
  return new WebClient(token, {
    slackApiUrl: `${apiUrl}/`,
    timeout: TIMEOUT_MS,
    // By itself the SDK would hold an alert for half an hour, and one 429 would hold every channel.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: SILENT,
  });
}

/** What the SDK has to say is in its errors, which are logged once, masked. */
const SILENT: NonNullable<ConstructorParameters<typeof WebClient>[1]>['logger'] & {} = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => 'error' as ReturnType<typeof SILENT.getLevel>,
};

type Message = Parameters<WebClient['chat']['postMessage']>[0];

async function post(client: WebClient, message: Message): Promise<{ reference: string | null }> {
  const { channel, ts } = await client.chat.postMessage(message);
  return { reference: channel && ts ? `${channel}/${ts}` : null };
}

const TOKEN = 'set SLACK_BOT_TOKEN to the bot token of an installed Slack app (xoxb-…)';
const CHANNEL =
  "set SLACK_CHANNEL, or the tenant's slack_channel, to the id of a channel that the bot can see";

/** What only a person can mend, and how. Whatever is missing here is taken for a fault that passes. */
const REMEDIES: Readonly<Record<string, string>> = {
  invalid_auth: TOKEN,
  not_authed: TOKEN,
  account_inactive: TOKEN,
  token_revoked: TOKEN,
  token_expired: TOKEN,
  missing_scope: 'give the Slack app the scope chat:write and install it again',
  channel_not_found: CHANNEL,
  not_in_channel: 'invite the bot into the channel (/invite), or give the app the scope chat:write.public',
  is_archived: 'unarchive the channel, or set SLACK_CHANNEL to another',
  restricted_action: 'let the bot post there, in the settings of the Slack workspace',
  restricted_action_read_only_channel: 'let the bot post there, in the settings of the channel',
  no_text: 'report this: the alert was built wrongly',
  msg_too_long: 'report this: the alert was built wrongly',
  metadata_too_large: 'report this: the alert was built wrongly',
};

const ABOUT_BLOCKS = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long'];

function isAboutBlocks(error: unknown): boolean {
  const { code, data } = error as SlackFault;
  return code === 'slack_webapi_platform_error' && ABOUT_BLOCKS.includes(data?.error ?? '');
}

/** The members of the SDK's error classes that tell them apart; they are not imported, to be loaded late. */
interface SlackFault {
  code?: string;
  data?: { error?: string };
  statusCode?: number;
  retryAfter?: number;
  original?: { message?: string; cause?: { code?: string } };
}

function explain(cause: unknown, channel: string): NotifyError {
  const fault = cause as SlackFault;
  switch (fault.code) {
    case 'slack_webapi_platform_error':
      return explainRefusal(fault.data?.error ?? 'no reason', channel, cause);
    case 'slack_webapi_rate_limited_error':
      return new NotifyError(`Slack asks to wait ${fault.retryAfter} s`, {
        retryable: true,
        retryAfterSeconds: fault.retryAfter ?? null,
      });
    case 'slack_webapi_http_error':
      return new NotifyError(`Slack answered ${fault.statusCode}`, { retryable: true });
    case 'slack_webapi_request_error': {
      const why = fault.original?.cause?.code ?? fault.original?.message ?? 'no answer';
      return new NotifyError(`Slack could not be reached (${why})`, { retryable: true });
    }
    default:
      return new NotifyError('the alert could not be sent to Slack', { retryable: true, cause });
  }
}

/** A gateway's HTML arrives here too, as the name of an error: it is no name that we know, and passes. */
function explainRefusal(name: string, channel: string, cause: unknown): NotifyError {
  const remedy = REMEDIES[name];
  if (!remedy) return new NotifyError(`Slack refused the alert (${name.slice(0, 60)})`, { retryable: true });
  return new NotifyError(`Slack refused the alert for ${channel} (${name}): ${remedy}`, {
    retryable: false,
    cause,
  });
}
