/** How each verb is played. A verb of the vocabulary without a player does not compile. */
import { playDial } from './dial.ts';
import { listen, readGather } from './gather.ts';
import type { HeardSound } from './line-time.ts';
import type { Direction } from './parameters.ts';
import { TwilioError } from './problems.ts';
import { playRecord } from './recording.ts';
import type { Bystander, Switchboard } from './switchboard.ts';
import type { Verb } from './twiml.ts';
import type { PlayedVerbName } from './vocabulary.ts';
import type { Wait } from './wait.ts';
import { resolveUrl, type WebhookAnswer, type WebhookRequest } from './webhook.ts';

/** What a verb can do to the call. */
export interface Line {
  readonly accountSid: string;
  readonly callSid: string;
  readonly from: string;
  readonly direction: Direction;
  readonly switchboard: Switchboard;
  /** Of the document being played. */
  readonly documentUrl: string;
  /** Epoch milliseconds. */
  now: () => number;
  /** The caller hears these words. */
  say: (words: string) => Promise<void>;
  /** The caller hears this sound. */
  play: (url: string) => Promise<void>;
  /** Of a sound, in seconds. */
  duration: (url: string) => Promise<number>;
  beep: (seconds: number) => Promise<void>;
  ringing: (seconds: number) => Promise<void>;
  /** Time passes in silence. */
  pass: (seconds: number) => Promise<void>;
  /** The caller speaks; `seat`: where the line waits, which time would pass for twice. */
  talk: (words: string, seconds?: number, seat?: Bystander) => Promise<void>;
  /** Of this call alone: what is heard while seconds pass elsewhere. */
  hears: (sound: HeardSound) => void;
  /** These words are heard now, whatever time they take. */
  note: (words: string) => void;
  /** Asks with the fields of the call. */
  ask: (request: WebhookRequest) => Promise<WebhookAnswer>;
  /** Asks with these fields alone; it goes on whatever is answered. */
  tell: (request: WebhookRequest) => Promise<void>;
  report: (error: unknown) => void;
  /** Done once what follows the present verb waits again, or the call is over. */
  afterwards: (work: () => Promise<void>) => void;
  /** What the call waits in has ended from elsewhere; nothing follows if it waits in it no more. */
  resume: (wait: Wait, next: Next) => Promise<void>;
}

export type EndStatus = 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

/** What follows a verb. */
export type Next =
  | { next: 'verb' }
  | { next: 'document'; request: WebhookRequest }
  | { next: 'wait'; wait: Wait }
  | { next: 'end'; status: EndStatus };

type Player = (verb: Verb, line: Line) => Promise<Next>;

const ON: Next = { next: 'verb' };

/** `loop="0"` is endless to Twilio's documentation and 1,000 times to Twilio. */
export const ENDLESS = 1_000;

const PLAYERS: Readonly<Record<PlayedVerbName, Player>> = {
  Say: async ({ text, attributes }, line) => {
    if (text !== '') await repeat(attributes.loop, () => line.say(text));
    return ON;
  },
  Play: async (verb, line) => {
    const { attributes } = verb;
    if (attributes.digits) {
      line.note(`(plays keys ${attributes.digits})`);
      return ON;
    }
    const url = addressIn(verb, line);
    await repeat(attributes.loop, () => line.play(url));
    return ON;
  },
  Pause: async ({ attributes }, line) => {
    await line.pass(Number(attributes.length ?? 1));
    return ON;
  },
  Gather: async (verb, line) => {
    const gather = readGather(verb, line.documentUrl);
    for (const prompt of verb.nested) await playVerb(prompt, line);
    return { next: 'wait', wait: listen(gather, line) };
  },
  Redirect: async (verb, line) => {
    const method = verb.attributes.method === 'GET' ? 'GET' : 'POST';
    return { next: 'document', request: { url: addressIn(verb, line), method, params: {} } };
  },
  Dial: playDial,
  Record: playRecord,
  Hangup: async () => ({ next: 'end', status: 'completed' }),
  Reject: async ({ attributes }) => ({
    next: 'end',
    status: attributes.reason === 'busy' ? 'busy' : 'no-answer',
  }),
};

export function playVerb(verb: Verb, line: Line): Promise<Next> {
  return PLAYERS[verb.name as PlayedVerbName](verb, line); // nouns stand inside Dial, as the vocabulary has it
}

function addressIn({ name, text }: Verb, { documentUrl }: Line): string {
  if (text === '') throw new TwilioError(11100, `a <${name}> without an address`);
  return resolveUrl(text, documentUrl);
}

async function repeat(loop: string | undefined, play: () => Promise<void>): Promise<void> {
  const count = loop === undefined ? 1 : Number(loop) || ENDLESS;
  for (let time = 0; time < count; time += 1) await play();
}
