/** What a webhook answers a text with: messages to send, and perhaps another document. */
import type { StatusCallback } from './delivery.ts';
import { badType, readAnswer } from './document.ts';
import { problemIn, TwilioError, type TwilioProblem, warning } from './problems.ts';
import { type Params, withoutFragment } from './signature.ts';
import { parseMessageTwiml, type Verb } from './twiml.ts';
import type { MessageVerbName } from './vocabulary.ts';
import { askWebhook, resolveUrl, type Webhook, type WebhookAnswer, type WebhookRequest } from './webhook.ts';

export interface Reply {
  /** Null: to whoever wrote, from the number that was written to. */
  to: string | null;
  from: string | null;
  body: string;
  /** Addresses. */
  media: readonly string[];
  callback: StatusCallback | null;
}

/** Characters of a message, in and out. */
export const LONGEST_BODY = 1_600;
const MOST_REPLIES = 10;
const MOST_MEDIA = 10;
/** A bound on documents that redirect to each other; Twilio's own is not published. */
const MOST_DOCUMENTS = 100;

/**
 * Ask what to answer, and pass on each reply as it comes. What fails is asked once more at the fallback address; without
 * one, or if that fails too, the text is dropped.
 */
export async function askForReplies(options: {
  url: string;
  fallbackUrl: string | undefined;
  /** Of the text that came in; each document is asked for with all of them. */
  params: Readonly<Record<string, string>>;
  webhook: Webhook;
  pass: (reply: Reply) => Promise<void>;
  onProblem: (problem: TwilioProblem) => void;
}): Promise<void> {
  const { url, fallbackUrl, params, webhook, pass, onProblem } = options;
  let documentUrl = url;

  async function follow(first: string, params: Params): Promise<void> {
    let request: WebhookRequest = { url: first, method: 'POST', params };
    for (let documents = 0; documents < MOST_DOCUMENTS; documents += 1) {
      documentUrl = withoutFragment(request.url);
      const { replies, next, warnings } = readReplies(await askWebhook(request, webhook));
      warnings.forEach(onProblem);
      for (const reply of replies) await pass(reply);
      if (!next) return;
      request = { ...next, params };
    }
    throw new TwilioError(14106, `${MOST_DOCUMENTS} documents in a row`);
  }

  try {
    await follow(url, params);
  } catch (error) {
    const failed = problemIn(error);
    onProblem(failed);
    if (!fallbackUrl) return;
    const why = { ErrorCode: String(failed.code), ErrorUrl: documentUrl };
    await follow(fallbackUrl, { ...params, ...why }).catch((error) => onProblem(problemIn(error)));
  }
}

interface Replies {
  replies: readonly Reply[];
  next: WebhookRequest | null;
  warnings: readonly TwilioProblem[];
}

/** @throws TwilioError if it cannot be read */
function readReplies({ url, exchange }: WebhookAnswer): Replies {
  const answer = readAnswer(exchange);
  if (answer.kind === 'sound') throw badType(url, answer.type);
  if (answer.kind === 'words') return { replies: plainReplies(answer.text), next: null, warnings: [] };
  const { verbs, warnings } = parseMessageTwiml(answer.text);
  const redirect = verbs.find(({ name }) => name === 'Redirect');
  const messages = redirect ? verbs.slice(0, verbs.indexOf(redirect)) : verbs;
  const tooMany = messages.length > MOST_REPLIES;
  return {
    replies: messages.slice(0, MOST_REPLIES).map((verb) => readReply(verb, url)),
    next: redirect ? redirection(redirect, url) : null,
    warnings: [...warnings, ...(tooMany ? [warning(14109, `${messages.length} messages`)] : [])],
  };
}

/** @throws TwilioError for what Twilio does not send */
export function refuseBadReply({ body, media }: Reply): void {
  if (body === '' && media.length === 0) throw new TwilioError(14103, 'neither words nor media');
  if (body.length > LONGEST_BODY) throw new TwilioError(21617, `${body.length} characters`);
  if (media.length > MOST_MEDIA) throw new TwilioError(21623, `${media.length}; ${MOST_MEDIA} are the most`);
}

function plainReplies(body: string): Reply[] {
  return body === '' ? [] : [{ to: null, from: null, body, media: [], callback: null }];
}

type MessageVerb = Verb<MessageVerbName>;

function readReply({ attributes, text, nested }: MessageVerb, documentUrl: string): Reply {
  const bodies = nested.filter(({ name }) => name === 'Body');
  if (bodies.length > 1) throw new TwilioError(12200, `<Message> with ${bodies.length} times <Body>`);
  const callbackUrl = attributes.action ?? attributes.statusCallback;
  return {
    to: attributes.to ?? null,
    from: attributes.from ?? null,
    body: bodies[0]?.text ?? text,
    media: nested.filter(({ name }) => name === 'Media').map((media) => addressIn(media, documentUrl)),
    callback: callbackUrl
      ? { url: resolveUrl(callbackUrl, documentUrl), method: methodOf(attributes) }
      : null,
  };
}

function redirection(verb: MessageVerb, documentUrl: string): WebhookRequest {
  return { url: addressIn(verb, documentUrl), method: methodOf(verb.attributes), params: {} };
}

function addressIn({ name, text }: MessageVerb, documentUrl: string): string {
  if (text === '') throw new TwilioError(11100, `a <${name}> without an address`);
  return resolveUrl(text, documentUrl);
}

function methodOf({ method }: MessageVerb['attributes']): 'GET' | 'POST' {
  return method === 'GET' ? 'GET' : 'POST';
}
