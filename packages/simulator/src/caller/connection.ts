/**
 * Connection overrides: how patiently Twilio asks a webhook, written behind its URL as `#ct=2000&rc=2&rp=5xx,ct,rt`.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
import { withoutFragment } from './signature.ts';

/** What is tried again: an answer of that class, no connection (`ct`), no answer (`rt`). */
export const RETRY_CAUSES = ['4xx', '5xx', 'ct', 'rt'] as const;
export type RetryCause = (typeof RETRY_CAUSES)[number];

export interface Connection {
  connectTimeoutMs: number;
  readTimeoutMs: number;
  /** Over all tries and redirects. */
  totalMs: number;
  retries: number;
  retryOn: readonly RetryCause[];
}

export const TWILIO_CONNECTION: Connection = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  totalMs: 15_000,
  retries: 1,
  retryOn: ['ct'],
};

/** Split a webhook's URL into what is asked (and signed) and how. What is out of range or unknown keeps its default. */
export function readOverrides(url: string, defaults: Connection): { url: string; connection: Connection } {
  const bare = withoutFragment(url);
  const overrides = new URLSearchParams(url.slice(bare.length + 1));
  const number = (key: string, least: number, most: number, otherwise: number) => {
    const text = overrides.get(key) ?? '';
    const value = Number(text);
    return /^\d+$/.test(text) && value >= least && value <= most ? value : otherwise;
  };
  return {
    url: bare,
    connection: {
      connectTimeoutMs: number('ct', 100, 10_000, defaults.connectTimeoutMs),
      readTimeoutMs: number('rt', 100, 15_000, defaults.readTimeoutMs),
      totalMs: number('tt', 100, 15_000, defaults.totalMs),
      retries: number('rc', 0, 5, defaults.retries),
      retryOn: readRetryPolicy(overrides.get('rp')) ?? defaults.retryOn,
    },
  };
}

function readRetryPolicy(text: string | null): readonly RetryCause[] | null {
  if (text === null) return null;
  const words = text.split(',').map((word) => word.trim());
  return words.includes('all') ? RETRY_CAUSES : RETRY_CAUSES.filter((cause) => words.includes(cause));
}
