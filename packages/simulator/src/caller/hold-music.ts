/** What is heard in a room that has not begun: its waitUrl, again and again. */
import { readDocument } from './document.ts';
import { type HeardSound, secondsToSay } from './line-time.ts';
import { ENDLESS, type Line } from './players.ts';
import { TwilioError } from './problems.ts';
import type { Verb } from './twiml.ts';
import { resolveUrl, type WebhookRequest } from './webhook.ts';

export interface HoldMusic {
  /** So many more seconds of it; with 0 it begins. */
  hear: (seconds: number) => Promise<void>;
}

export type MusicSource = WebhookRequest | 'twilio' | 'silence';

/** What cannot be had or played is a problem, and silence from then on. */
export function createHoldMusic(source: MusicSource, line: Line): HoldMusic {
  const sounds = typeof source === 'string' ? endless(BUILT_IN[source]) : soundsOf(source, line);
  let present: HeardSound | null = null;
  let left = 0;

  async function next(): Promise<HeardSound> {
    try {
      const { value } = await sounds.next();
      if (value) return value;
    } catch (error) {
      line.report(error);
    }
    return SILENCE;
  }

  return {
    hear: async (seconds) => {
      let wanted = seconds;
      do {
        if (!present || left === 0) {
          present = await next();
          left = present.seconds;
          if (present.text !== '') line.note(inWords(present));
        }
        const heard = Math.min(left, wanted);
        line.hears({ ...present, seconds: heard });
        left -= heard;
        wanted -= heard;
      } while (wanted > 0);
    },
  };
}

const SILENCE: HeardSound = { what: 'silence', seconds: Number.POSITIVE_INFINITY, text: '' };

const BUILT_IN: Readonly<Record<'twilio' | 'silence', HeardSound>> = {
  twilio: { what: 'music', seconds: 60, text: "Twilio's hold music" },
  silence: SILENCE,
};

function inWords({ what, text }: HeardSound): string {
  return what === 'music' ? `(plays ${text})` : text;
}

async function* endless(sound: HeardSound): AsyncGenerator<HeardSound, undefined> {
  for (;;) yield sound;
}

/** The document is asked for again when it has been played; one that takes no time is asked for once. */
async function* soundsOf(source: WebhookRequest, line: Line): AsyncGenerator<HeardSound, undefined> {
  for (let seconds = 1; seconds > 0; ) {
    seconds = 0;
    let request: WebhookRequest | null = source;
    for (let documents = 0; request && documents < MOST_DOCUMENTS; documents += 1) {
      const { url, exchange } = await line.ask(request);
      request = null;
      for (const verb of readDocument(exchange).verbs) {
        if (verb.name === 'Redirect') {
          const method = verb.attributes.method === 'GET' ? 'GET' : 'POST';
          request = { url: resolveUrl(verb.text, url), method, params: source.params };
          break;
        }
        const sound = await soundOf(verb, url, line);
        seconds += sound.seconds;
        if (sound.seconds > 0) yield sound;
      }
    }
  }
}

/** A bound on documents that redirect to each other without a sound. */
const MOST_DOCUMENTS = 100;

async function soundOf(
  { name, text, attributes }: Verb,
  documentUrl: string,
  line: Line,
): Promise<HeardSound> {
  const times = Number(attributes.loop ?? 1) || ENDLESS;
  switch (name) {
    case 'Say':
      return { what: 'words', seconds: secondsToSay(text) * times, text };
    case 'Play': {
      const url = resolveUrl(text, documentUrl);
      return { what: 'music', seconds: (await line.duration(url)) * times, text: url };
    }
    case 'Pause':
      return { what: 'silence', seconds: Number(attributes.length ?? 1), text: '' };
    default:
      throw new TwilioError(13238, `<${name}> at ${documentUrl}`);
  }
}
