/** Whether a request is from Slack. https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Clocks may differ by it, and within it a request can come again. */
export const SLACK_TOLERANCE_MS = 300_000;

export interface SignedSlackRequest {
  /** Of `X-Slack-Request-Timestamp`: epoch seconds. */
  timestamp: string | undefined;
  /** Of `X-Slack-Signature`. */
  signature: string | undefined;
  /** As it came. */
  body: Uint8Array;
}

export type SlackRefusal = 'no_secret' | 'unsigned' | 'stale' | 'forged';

/** Null: it is from Slack. */
export function refuseSlackRequest(
  { timestamp, signature, body }: SignedSlackRequest,
  secret: string | undefined,
  now: Date,
): SlackRefusal | null {
  if (!secret) return 'no_secret';
  if (!signature || !timestamp || !/^\d{1,12}$/.test(timestamp)) return 'unsigned';
  if (Math.abs(now.getTime() - Number(timestamp) * 1_000) > SLACK_TOLERANCE_MS) return 'stale';
  const hash = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  return isEqual(signature, `v0=${hash}`) ? null : 'forged';
}

/** Takes the same time wherever they differ. */
function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
