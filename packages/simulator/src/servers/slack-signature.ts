/** `X-Slack-Signature`. https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac } from 'node:crypto';
import type { WebhookCall } from './webhook-sender.ts';

/** `timestamp` in epoch seconds, as it stands in its header. */
export function signSlack(body: string, secret: string, timestamp: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`, 'utf8').digest('hex')}`;
}

/** An interaction as Slack sends it; `at` in epoch milliseconds. */
export function signedInteraction(
  payload: object,
  { url, secret, at }: { url: string; secret: string; at: number },
): WebhookCall {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(at / 1_000));
  return {
    url,
    body,
    headers: {
      accept: 'application/json,*/*',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signSlack(body, secret, timestamp),
    },
  };
}
