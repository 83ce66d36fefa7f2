/**
 * What happens to entries, as it happens: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html),
 * the address for the daemon and the reading of them for clients.
 */
import { SEVERITIES, TIMELINE_ACTIONS } from '@receptionist/core';
import { z } from 'zod';
import { entry } from './fallback.ts';
import type { Route } from './routes.ts';
import { instant, line } from './schemas.ts';

export const entryNews = z.object({
  event: z.object({
    at: instant,
    actor: z.string(),
    action: z.enum(TIMELINE_ACTIONS),
    detail: z.string().nullable(),
  }),
  /** As it is now, not as it was then. */
  entry,
});
export type EntryNews = z.output<typeof entryNews>;

/** Not in the table of routes: it answers with one piece of news after the other, without an end. */
export const ENTRY_STREAM = {
  method: 'GET',
  path: '/admin/fallback/stream',
  summary: 'What happens to entries, as it happens (server-sent events); goes on after Last-Event-ID',
  changes: false,
  query: z.strictObject({
    tenant_id: line(64).exactOptional(),
    severity: z.enum(SEVERITIES).exactOptional(),
  }),
  body: null,
  answer: entryNews,
  statuses: [200],
} as const satisfies Route;

/** A heartbeat comes so often where nothing happens. */
export const HEARTBEAT_MS = 15_000;

export type StreamMessage =
  /** The stream is open. */
  | { kind: 'opened' }
  /** Where the stream begins. `reset`: what happened since `after` is not told; list the entries anew. */
  | { kind: 'ready' | 'reset'; position: string }
  | { kind: 'heartbeat'; position: string }
  | { kind: 'entry'; position: string; news: EntryNews };

/** Takes the text of a stream as it comes, in whatever pieces, and answers the messages that are whole. */
export function createStreamReader(): (text: string) => StreamMessage[] {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap(messageIn);
  };
}

function messageIn(block: string): StreamMessage[] {
  const fields = new Map(block.split('\n').map(fieldIn));
  const [kind, position, data] = ['event', 'id', 'data'].map((name) => fields.get(name));
  if (position === undefined) return [];
  if (kind === 'entry' && data !== undefined) return [{ kind, position, news: JSON.parse(data) }];
  if (kind === 'ready' || kind === 'reset') return [{ kind, position }];
  // A newer daemon may tell of more; the position counts in any case.
  return [{ kind: 'heartbeat', position }];
}

function fieldIn(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}
