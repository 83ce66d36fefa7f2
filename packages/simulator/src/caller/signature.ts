/**
 * `X-Twilio-Signature`, written from Twilio's description and not from its package, so that the two check each other.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
import { createHash, createHmac } from 'node:crypto';

/** Parameters of a form or query. A list is a name that is sent several times. */
export type Params = Readonly<Record<string, string | readonly string[]>>;

/**
 * Sign a form POST. Without parameters: a GET (its query is part of the URL) or a WebSocket handshake (`wss://…`).
 * Names are sorted; empty values count; of a repeated name the distinct values are sorted and all appended.
 */
export function signForm(authToken: string, url: string, params: Params = {}): string {
  const fields = Object.keys(params)
    .sort()
    .flatMap((name) => valuesOf(params, name).map((value) => name + value));
  return createHmac('sha1', authToken)
    .update(signedUrl(url) + fields.join(''), 'utf8')
    .digest('base64');
}

/** Sign a JSON body: its hash joins the URL, which is signed alone. `url` is the one to send the body to. */
export function signJson(authToken: string, url: string, body: string): { url: string; signature: string } {
  const hash = createHash('sha256').update(body, 'utf8').digest('hex');
  const hashed = withQuery(url, `bodySHA256=${hash}`);
  return { url: hashed, signature: signForm(authToken, hashed) };
}

/** Add to the query of a URL, whose fragment is dropped, without touching how the rest is written. */
export function withQuery(url: string, query: string): string {
  const bare = withoutFragment(url);
  if (query === '') return bare;
  return bare + (bare.includes('?') ? '&' : '?') + query;
}

export function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? '';
}

/** What is signed of a URL: no fragment, no `user:password@`, and over HTTPS no `:443`. */
function signedUrl(url: string): string {
  return withoutFragment(url)
    .replace(/^(\w+:\/\/)[^/?]*@/, '$1')
    .replace(/^((?:https|wss):\/\/[^/?]*):443(?=[/?]|$)/, '$1');
}

function valuesOf(params: Params, name: string): readonly string[] {
  const value = params[name] ?? '';
  return typeof value === 'string' ? [value] : [...new Set(value)].sort();
}
