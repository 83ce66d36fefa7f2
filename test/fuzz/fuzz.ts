/** Any request at any address: nothing may end as a fault of ours, hang, or be answered with what nobody can play. */
import { parseMessageTwiml, parseTwiml } from '@receptionist/simulator/caller';
import fc from 'fast-check';
import type { Answer } from '../harness/wire.ts';
import { anyRequest, type FuzzedRequest, type Ids } from './requests.ts';
import { send, type Target } from './send.ts';

const AT_ONCE = 4;
/** Made at a time; the next ones have another seed. */
const BATCH = 250;

export interface Fuzzing {
  target: Target;
  ids: Ids;
  seed: number;
  requests: number;
  /** After each batch. */
  onProgress?: (done: number) => Promise<void>;
}

export interface Fuzzed {
  /** How often which status was answered; `cut off` where the daemon hung up on a flood. */
  answers: Record<string, number>;
  slowestMs: number;
  findings: string[];
}

export async function fuzz({ target, ids, seed, requests, onProgress }: Fuzzing): Promise<Fuzzed> {
  const fuzzed: Fuzzed = { answers: {}, slowestMs: 0, findings: [] };
  const arbitrary = anyRequest(ids);
  for (let done = 0; done < requests; done += BATCH) {
    const batch = fc.sample(arbitrary, { seed: seed + done, numRuns: Math.min(BATCH, requests - done) });
    await Promise.all(Array.from({ length: AT_ONCE }, () => sendAll(batch)));
    await onProgress?.(Math.min(done + BATCH, requests));
  }
  return fuzzed;

  async function sendAll(batch: FuzzedRequest[]): Promise<void> {
    for (let request = batch.pop(); request; request = batch.pop()) {
      const answer = await send(target, request);
      const outcome = String(answer.status ?? (isFlood(request) ? 'cut off' : answer.failure));
      fuzzed.answers[outcome] = (fuzzed.answers[outcome] ?? 0) + 1;
      fuzzed.slowestMs = Math.max(fuzzed.slowestMs, answer.ms);
      const wrong = whatIsWrong(request, answer);
      if (wrong) fuzzed.findings.push(`${wrong}: ${shown(request)}`);
    }
  }
}

function whatIsWrong(request: FuzzedRequest, { status, failure, headers, body }: Answer): string | null {
  if (status === null) return isFlood(request) && failure !== 'ETIMEDOUT' ? null : `no answer (${failure})`;
  if (status >= 500) return `${status} ${body.slice(0, 200)}`;
  if (!headers['x-request-id']) return `${status} without X-Request-Id`;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('text/xml')) return unplayable(body);
  return type.includes('json') && request.method !== 'HEAD' ? unreadable(body) : null;
}

/** Large enough that the daemon answers before it was read to its end. */
function isFlood({ body, headers }: FuzzedRequest): boolean {
  return (body?.length ?? 0) > 90_000 || (headers.cookie?.length ?? 0) > 10_000;
}

function unplayable(document: string): string | null {
  const parse = document.includes('<Message') ? parseMessageTwiml : parseTwiml;
  try {
    parse(document);
    return null;
  } catch (error) {
    return `TwiML that cannot be played (${error instanceof Error ? error.message : error})`;
  }
}

function unreadable(json: string): string | null {
  try {
    JSON.parse(json);
    return null;
  } catch {
    return 'JSON that is none';
  }
}

function shown({ body, ...request }: FuzzedRequest): string {
  const text = Buffer.isBuffer(body) ? body.toString('latin1') : body;
  return JSON.stringify({ ...request, body: text }).slice(0, 1_000);
}
