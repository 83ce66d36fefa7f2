/** What a webhook's answer is: TwiML, plain text (read aloud on a call, sent as a message), or a sound. */
import type { Exchange } from './exchange.ts';
import { TwilioError } from './problems.ts';
import { parseTwiml, type Twiml, type Verb } from './twiml.ts';

/** https://www.twilio.com/docs/api/errors/11750 */
const LARGEST_BYTES = 64 * 1024;

const TWIML_TYPES = ['text/xml', 'application/xml', 'text/html'];

/** @throws TwilioError if it cannot be played */
export function readDocument(exchange: Exchange): Twiml {
  const answer = readAnswer(exchange);
  switch (answer.kind) {
    case 'twiml':
      return parseTwiml(answer.text);
    case 'words':
      return oneVerb('Say', answer.text);
    case 'sound':
      return oneVerb('Play', exchange.url);
  }
}

type WebhookContent = { kind: 'twiml' | 'words'; text: string } | { kind: 'sound'; type: string };

/** @throws TwilioError for what neither a call nor a message can be answered with */
export function readAnswer({ url, answerHeaders, bytes }: Exchange): WebhookContent {
  const type = mediaTypeOf(answerHeaders['content-type']);
  if (type.name.startsWith('audio/')) return { kind: 'sound', type: type.name };
  if (bytes.length > LARGEST_BYTES)
    throw new TwilioError(11750, `${bytes.length} bytes; ${LARGEST_BYTES} are the most`);
  if (TWIML_TYPES.includes(type.name)) return { kind: 'twiml', text: decode(bytes, type.charset) };
  if (type.name !== 'text/plain') throw badType(url, type.name);
  const text = decode(bytes, type.charset).trim();
  return { kind: text.startsWith('<') ? 'twiml' : 'words', text };
}

export function badType(url: string, type: string): TwilioError {
  return new TwilioError(12300, type === '' ? `${url} sent none` : `${url} sent ${type}`);
}

function oneVerb(name: Verb['name'], text: string): Twiml {
  return { verbs: [{ name, attributes: {}, text, nested: [] }], warnings: [] };
}

export function mediaTypeOf(header = ''): { name: string; charset: string } {
  const [name = '', ...parameters] = header.split(';').map((part) => part.trim());
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter))?.slice('charset='.length);
  return { name: name.toLowerCase(), charset: charset?.replaceAll('"', '') ?? 'utf-8' };
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    throw new TwilioError(12100, `the document is not written in ${charset}`);
  }
}
