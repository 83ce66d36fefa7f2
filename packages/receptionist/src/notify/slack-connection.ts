/** Slack's SDK, told to leave attempts, back-off and `Retry-After` to the rows. */
import type { WebClient } from '@slack/web-api';

const TIMEOUT_MS = 5_000;

export interface SlackAccess {
  token: string;
  /** Without a slash at the end. */
  apiUrl: string;
}

/** Loaded at the first use: 16 MB that a quiet daemon does not need. */
export function createSlackConnection(access: SlackAccess): () => Promise<WebClient> {
  let client: Promise<WebClient> | undefined;
  return () => {
    client ??= connect(access);
    return client;
  };
}

async function connect({ token, apiUrl }: SlackAccess): Promise<WebClient> {
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
