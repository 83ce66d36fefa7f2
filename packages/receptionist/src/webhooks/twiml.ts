/** The few words of TwiML that we use, written so that whatever is said, Twilio can play it. */
import type { Voice } from '@receptionist/core';
import type { Reply } from './telephony.ts';

/** Twilio reads no more than 4,096 characters from one `<Say>`, and from one with a Polly voice no more than 3,000. */
const SAY_LIMIT = 3_000;
/** Twilio takes up to 500 hints of up to 100 characters. */
const HINTS = { count: 500, length: 100 };
const SILENCE_SECONDS = 6;
const SECONDS_TO_PRESS = 8;

type Listening = Extract<Reply['next'], { action: 'listen' }>;

interface Manner {
  voice: Voice;
  /** The absolute address that hears what was said. */
  actionUrl: (listening: Listening) => string;
}

export function voiceResponse(reply: Reply, { voice, actionUrl }: Manner): string {
  if (reply.next.action === 'hang_up') return farewellResponse(reply.say, voice);
  return documentOf([
    element('Gather', gatherAttributes(reply.next, { voice, actionUrl }), spoken(reply.say, voice)),
  ]);
}

export function farewellResponse(words: readonly string[], voice: Voice): string {
  return documentOf([...spoken(words, voice), element('Hangup')]);
}

/** Waits for one key, and hears no words: a mailbox talks, too. `actionUrl` is asked whether or not one is pressed. */
export function keyResponse(
  words: readonly string[],
  { voice, actionUrl }: { voice: Voice; actionUrl: string },
): string {
  const attributes = {
    input: 'dtmf',
    action: actionUrl,
    method: 'POST',
    timeout: String(SECONDS_TO_PRESS),
    numDigits: '1',
    actionOnEmptyResult: 'true',
  };
  return documentOf([element('Gather', attributes, spoken(words, voice))]);
}

/** `statusUrl` hears what becomes of them; none at all is an answer too. */
export function messageResponse(texts: readonly string[], statusUrl: string | null): string {
  const attributes: Record<string, string> = statusUrl ? { action: statusUrl, method: 'POST' } : {};
  return documentOf(texts.map((text) => element('Message', attributes, [escapeXml(text)])));
}

function gatherAttributes(listening: Listening, { voice, actionUrl }: Manner): Record<string, string> {
  const hints = joinHints(listening.hints);
  return {
    input: 'speech dtmf',
    action: actionUrl(listening),
    method: 'POST',
    timeout: String(SILENCE_SECONDS),
    speechTimeout: 'auto',
    numDigits: '1',
    // Silence is a turn too: without this the call would fall off the end of the document.
    actionOnEmptyResult: 'true',
    language: voice.language,
    ...(hints ? { hints } : {}),
  };
}

function joinHints(hints: string[]): string {
  // A comma would begin another hint.
  const single = hints.map((hint) => hint.replaceAll(',', ' ').slice(0, beforeSurrogate(hint, HINTS.length)));
  return single.slice(0, HINTS.count).join(',');
}

function spoken(words: readonly string[], { voice, language }: Voice): string[] {
  return words.flatMap(pieces).map((text) => element('Say', { voice, language }, [escapeXml(text)]));
}

/** Cuts between words where it can. */
function pieces(text: string): string[] {
  const whole = playable(text).trim();
  if (whole.length <= SAY_LIMIT) return whole ? [whole] : [];
  const space = whole.lastIndexOf(' ', SAY_LIMIT);
  const cut = space > 0 ? space : beforeSurrogate(whole, SAY_LIMIT);
  return [whole.slice(0, cut), ...pieces(whole.slice(cut))];
}

function beforeSurrogate(text: string, index: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(index)) ? index - 1 : index;
}

function documentOf(children: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, children)}`;
}

function element(name: string, attributes: Record<string, string> = {}, children: string[] = []): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const open = `<${name}${written.join('')}`;
  return children.length > 0 ? `${open}>${children.join('')}</${name}>` : `${open}/>`;
}

function escapeXml(text: string): string {
  return playable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Without what XML 1.0 cannot hold (section 2.2, "Char"), which would end the call with an error, and without U+FFFD,
 * which stands for what was lost before.
 */
function playable(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFC\u{10000}-\u{10FFFF}]/gu, ' ');
}
