/** Sounds that are played: each is fetched once, and lasts as long as it really does. */
import type { Connection } from './connection.ts';
import { mediaTypeOf } from './document.ts';
import type { Exchange } from './exchange.ts';
import { TwilioError } from './problems.ts';
import { askWebhook } from './webhook.ts';

export interface Sounds {
  /** Seconds. @throws TwilioError for what cannot be had, or is no sound */
  duration: (url: string, asker: { authToken: string; connection: Connection }) => Promise<number>;
}

export function createSounds(): Sounds {
  const known = new Map<string, Promise<number>>();

  async function measure(url: string, asker: Parameters<Sounds['duration']>[1]): Promise<number> {
    const request = { url, method: 'GET', params: {} } as const;
    const { exchange } = await askWebhook(request, { ...asker, record: () => {} });
    return secondsOf(exchange);
  }

  return {
    duration: (url, asker) => {
      const measured = known.get(url) ?? measure(url, asker);
      known.set(url, measured);
      return measured;
    },
  };
}

function secondsOf({ url, answerHeaders, bytes }: Exchange): number {
  const { name } = mediaTypeOf(answerHeaders['content-type']);
  if (!name.startsWith('audio/')) throw new TwilioError(13420, `${url} sent ${name || 'none'}`);
  return bytes.toString('latin1', 0, 4) === 'RIFF' ? waveSeconds(bytes) : bytes.length / COMPRESSED_RATE;
}

/** Bytes a second of an MP3 at 128 kbit/s. */
const COMPRESSED_RATE = 16_000;

/** The data chunk's size by the format chunk's byte rate: http://soundfile.sapp.org/doc/WaveFormat/ */
function waveSeconds(bytes: Buffer): number {
  let byteRate = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ' && at + 20 <= bytes.length) byteRate = bytes.readUInt32LE(at + 16);
    if (id === 'data') return byteRate > 0 ? size / byteRate : 0;
    at += 8 + size + (size % 2);
  }
  return 0;
}
