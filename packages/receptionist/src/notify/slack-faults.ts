/** What the other side said no with, and what that means for whoever waits or must mend it. */
import { readFetchFailure } from '../fetch-failures.ts';
import { NotifyError } from './notifier.ts';

const TOKEN = 'set SLACK_BOT_TOKEN to the bot token of an installed Slack app (xoxb-…)';
const CHANNEL =
  "set SLACK_CHANNEL, or the tenant's slack_channel, to the id of a channel that the bot can see";
const MAY_NOT_POST = 'let the bot post there, in the settings of the channel or the workspace';
const BUILT_WRONGLY = 'report this: the message was built wrongly';

/** Only another channel, or a change to this one, helps. */
const CHANNEL_REMEDIES: Readonly<Record<string, string>> = {
  channel_not_found: CHANNEL,
  not_in_channel: 'invite the bot into the channel (/invite), or give the app the scope chat:write.public',
  is_archived: 'unarchive the channel, or set SLACK_CHANNEL to another',
  restricted_action: MAY_NOT_POST,
  restricted_action_read_only_channel: MAY_NOT_POST,
  restricted_action_non_threadable_channel: MAY_NOT_POST,
};

/** What only a person can mend, and how. Whatever is missing here is taken for a fault that passes. */
const REMEDIES: Readonly<Record<string, string>> = {
  ...CHANNEL_REMEDIES,
  invalid_auth: TOKEN,
  not_authed: TOKEN,
  account_inactive: TOKEN,
  token_revoked: TOKEN,
  token_expired: TOKEN,
  missing_scope: 'give the Slack app the scope chat:write and install it again',
  no_text: BUILT_WRONGLY,
  msg_too_long: BUILT_WRONGLY,
  metadata_too_large: BUILT_WRONGLY,
};

const ABOUT_BLOCKS = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long'];

/** There is nothing left to keep true. */
const STALE = [
  'message_not_found',
  'thread_not_found',
  'cant_update_message',
  'cannot_reply_to_message',
  'edit_window_closed',
  'is_inactive',
];

/** The members of the SDK's error classes that tell them apart; they are not imported, to be loaded late. */
interface SlackFault {
  code?: string;
  data?: { error?: string };
  statusCode?: number;
  retryAfter?: number;
  original?: unknown;
}

/** Slack's name of why it said no; null where it did not say. */
export function refusalOf(error: unknown): string | null {
  const { code, data } = error as SlackFault;
  return code === 'slack_webapi_platform_error' ? (data?.error ?? 'no reason') : null;
}

export function isAboutBlocks(error: unknown): boolean {
  return ABOUT_BLOCKS.includes(refusalOf(error) ?? '');
}

export function isStale(error: unknown): boolean {
  return STALE.includes(refusalOf(error) ?? '');
}

/** How to make the channel take messages; null where the error is not about it. */
export function channelRemedy(error: unknown): string | null {
  return CHANNEL_REMEDIES[refusalOf(error) ?? ''] ?? null;
}

/** `mayHaveArrived`: an earlier attempt, of which nobody knows still. */
export function explain(
  cause: unknown,
  channel: string,
  { mayHaveArrived }: { mayHaveArrived: boolean } = { mayHaveArrived: false },
): NotifyError {
  if (cause instanceof NotifyError) return cause;
  const { message, unclear = false, ...meaning } = meaningOf(cause as SlackFault, channel);
  return new NotifyError(message, { ...meaning, unclear: unclear || mayHaveArrived, cause });
}

interface Meaning {
  message: string;
  retryable: boolean;
  unclear?: boolean;
  retryAfterSeconds?: number | null;
}

function meaningOf(fault: SlackFault, channel: string): Meaning {
  switch (fault.code) {
    case 'slack_webapi_platform_error':
      return meaningOfRefusal(fault.data?.error ?? 'no reason', channel);
    case 'slack_webapi_rate_limited_error':
      return {
        message: `Slack asks to wait ${fault.retryAfter} s`,
        retryable: true,
        retryAfterSeconds: fault.retryAfter ?? null,
      };
    case 'slack_webapi_http_error': {
      const { statusCode = 0 } = fault;
      return { message: `Slack answered ${statusCode}`, retryable: true, unclear: statusCode >= 500 };
    }
    case 'slack_webapi_request_error': {
      const { code, mayHaveArrived } = readFetchFailure(fault.original);
      return { message: `Slack could not be reached (${code})`, retryable: true, unclear: mayHaveArrived };
    }
    default:
      return { message: 'the message could not be sent to Slack', retryable: true };
  }
}

/** A gateway's page arrives here too, as the name of an error: nobody knows what became of the request behind it. */
function meaningOfRefusal(name: string, channel: string): Meaning {
  const remedy = REMEDIES[name];
  if (remedy)
    return { message: `Slack refused the message for ${channel} (${name}): ${remedy}`, retryable: false };
  const unclear = !/^[a-z_ ]+$/.test(name);
  return { message: `Slack refused the message (${name.slice(0, 60)})`, retryable: true, unclear };
}
