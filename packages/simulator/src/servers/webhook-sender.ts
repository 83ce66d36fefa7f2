/** How the simulated services ask the application: one signed request, as data that a test can change and repeat. */
import { type Exchange, transmit } from '../caller/exchange.ts';

export interface WebhookCall {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface WebhookAnswer {
  /** Null where no answer came in time. */
  status: number | null;
  body: string;
  /** Of the answer, without its parameters. */
  contentType: string;
  ms: number;
  /** Why no answer came. */
  failure: string | null;
}

/** A function where the application's address is known later than the simulated service's. */
export type WebhookUrl = string | (() => string);

export function resolveWebhookUrl(url: WebhookUrl): string {
  return typeof url === 'function' ? url() : url;
}

/** Send it as it is, once. */
export async function callWebhook(
  { url, headers, body }: WebhookCall,
  withinMs = 5_000,
): Promise<WebhookAnswer> {
  const limits = { connectTimeoutMs: withinMs, readTimeoutMs: withinMs, totalMs: withinMs };
  return answerOf(await transmit({ method: 'POST', url, params: {}, headers, sent: body }, limits));
}

function answerOf({ status, body, answerHeaders, ms, failure }: Exchange): WebhookAnswer {
  const contentType = (answerHeaders['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return { status, body, contentType, ms, failure: failure?.words ?? null };
}
