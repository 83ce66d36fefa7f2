/** How each verb is played. A verb of the vocabulary without a player does not compile. */
import { type Gather, readGather } from './gather.ts';
import { TwilioError } from './problems.ts';
import type { Verb } from './twiml.ts';
import type { VerbName } from './vocabulary.ts';
import { resolveUrl, type WebhookRequest } from './webhook.ts';

/** What a verb can do to the call. */
export interface Line {
  /** The caller hears this. */
  say: (words: string) => void;
  /** Time passes on the line. */
  pass: (seconds: number) => Promise<void>;
  /** Of the document being played. */
  documentUrl: string;
}

export type EndStatus = 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

/** What follows a verb. */
export type Next =
  | { next: 'verb' }
  | { next: 'document'; request: WebhookRequest }
  | { next: 'listen'; gather: Gather }
  | { next: 'end'; status: EndStatus };

type Player = (verb: Verb, line: Line) => Promise<Next>;

const ON: Next = { next: 'verb' };

/** `loop="0"` is endless to Twilio's documentation and 1,000 times to Twilio. */
const ENDLESS = 1_000;

const PLAYERS: Readonly<Record<VerbName, Player>> = {
  Say: async ({ text, attributes }, line) => {
    if (text !== '') repeat(attributes.loop, () => line.say(text));
    return ON;
  },
  Play: async (verb, line) => {
    const { attributes } = verb;
    const sound = attributes.digits ? `keys ${attributes.digits}` : addressIn(verb, line);
    repeat(attributes.loop, () => line.say(`(plays ${sound})`));
    return ON;
  },
  Pause: async ({ attributes }, line) => {
    await line.pass(Number(attributes.length ?? 1));
    return ON;
  },
  Gather: async (verb, line) => {
    const gather = readGather(verb, line.documentUrl);
    for (const prompt of verb.nested) await playVerb(prompt, line);
    return { next: 'listen', gather };
  },
  Redirect: async (verb, line) => {
    const method = verb.attributes.method === 'GET' ? 'GET' : 'POST';
    return { next: 'document', request: { url: addressIn(verb, line), method, params: {} } };
  },
  Hangup: async () => ({ next: 'end', status: 'completed' }),
  Reject: async ({ attributes }) => ({
    next: 'end',
    status: attributes.reason === 'busy' ? 'busy' : 'no-answer',
  }),
};

export function playVerb(verb: Verb, line: Line): Promise<Next> {
  return PLAYERS[verb.name](verb, line);
}

function addressIn({ name, text }: Verb, { documentUrl }: Line): string {
  if (text === '') throw new TwilioError(11100, `a <${name}> without an address`);
  return resolveUrl(text, documentUrl);
}

function repeat(loop: string | undefined, play: () => void): void {
  const count = loop === undefined ? 1 : Number(loop) || ENDLESS;
  for (let time = 0; time < count; time += 1) play();
}
