/** `GET /admin/fallback/stream`: what happens to entries, as server-sent events. */
import { ENTRY_STREAM, type EntryNews, HEARTBEAT_MS, type Query } from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';
import type { EntryEvent, Store } from '@receptionist/store';
import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../observability/log.ts';
import { createEntryFeed } from './entry-feed.ts';
import { checkedQuery } from './requests.ts';

const MOST_STREAMS = 100;
/** The token was looked at when the stream began: after this a client comes back with a fresh one. */
const LONGEST_MS = 15 * 60_000;
/** Who missed more lists the entries sooner than they are told. */
const MOST_MISSED = 10_000;
/** Who takes nothing for so long is gone, or as good as gone; they resume where they were. */
const SLOWEST_MS = 30_000;
/** How long a browser's EventSource waits before it comes back. */
const RETRY_MS = 3_000;
const RETRY_AFTER_S = 10;

export interface EntryStream {
  follow: RequestHandler;
  /** Something may have happened. */
  ring(): void;
  /** Ends every stream, and begins no more. */
  close(): void;
}

export function createEntryStream({ store, log }: { store: Store; log: Log }): EntryStream {
  const feed = createEntryFeed({ store, log });
  const open = new Set<Response>();
  let closed = false;

  const follow: RequestHandler = async (req, res) => {
    const filter = checkedQuery(ENTRY_STREAM, req);
    const after = lastEventId(req);
    if (closed || open.size >= MOST_STREAMS) throw tooMany(res);
    open.add(res);
    try {
      const present = await feed.present();
      if (closed) throw tooMany(res);
      const position = begin(res, after, present);
      if (req.method !== 'HEAD') await tell(res, filter, position);
      res.end();
    } finally {
      open.delete(res);
    }
  };

  async function tell(res: Response, filter: Query<typeof ENTRY_STREAM>, from: number): Promise<void> {
    let position = from;
    const heartbeat = setInterval(() => {
      if (isOpen(res)) res.write(`:\nid: ${position}\n\n`);
    }, HEARTBEAT_MS);
    const end = setTimeout(() => res.end(), LONGEST_MS);
    try {
      while (isOpen(res)) {
        const events = await feed.after(position);
        position = events.at(-1)?.position ?? position;
        const text = events.filter(fits(filter)).map(inWire).join('');
        if (text !== '' && isOpen(res) && !res.write(text)) await taken(res);
      }
    } finally {
      clearInterval(heartbeat);
      clearTimeout(end);
    }
  }

  return {
    follow,
    ring: feed.ring,
    close() {
      closed = true;
      feed.stop();
      for (const res of open) if (res.headersSent) res.end();
    },
  };
}

/** Answers the position from which on everything is told. */
function begin(res: Response, after: number | null, present: number): number {
  res.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
  res.write(`retry: ${RETRY_MS}\n\n`);
  // One beyond the present is of another database, as after a backup was put back.
  if (after !== null && after <= present && present - after <= MOST_MISSED) return after;
  const kind = after === null ? 'ready' : 'reset';
  res.write(`id: ${present}\nevent: ${kind}\ndata: {"position":${present}}\n\n`);
  return present;
}

/** @throws Problem `invalid_parameter` */
function lastEventId(req: Request): number | null {
  const id = req.headers['last-event-id'];
  if (id === undefined || id === '') return null;
  if (typeof id === 'string' && /^\d{1,15}$/.test(id)) return Number(id);
  const message =
    'is no position of this stream. Send the id of the last event that came, or leave it out to begin now';
  throw new Problem('invalid_parameter', `Last-Event-ID ${message}.`, {
    errors: [{ path: 'Last-Event-ID', message }],
  });
}

function tooMany(res: Response): Problem {
  res.set('Retry-After', String(RETRY_AFTER_S));
  return new Problem(
    'unavailable',
    `This daemon has ${MOST_STREAMS} streams at most, and has them, or is about to stop. Come back in ${RETRY_AFTER_S} s.`,
  );
}

function fits({ tenant_id, severity }: Query<typeof ENTRY_STREAM>) {
  return ({ entry }: EntryEvent) =>
    (tenant_id === undefined || entry.tenant_id === tenant_id) &&
    (severity === undefined || entry.severity === severity);
}

function inWire({ position, event, entry }: EntryEvent): string {
  return `id: ${position}\nevent: entry\ndata: ${JSON.stringify({ event, entry } satisfies EntryNews)}\n\n`;
}

/** To write to one that is not would end the process. */
function isOpen(res: Response): boolean {
  return !res.writableEnded && !res.destroyed;
}

/** Until the other side has taken what was written; who does not is cut off, so that nothing piles up here. */
async function taken(res: Response): Promise<void> {
  const cutOff = setTimeout(() => res.destroy(), SLOWEST_MS);
  await new Promise<void>((resolve) => {
    res.once('drain', resolve);
    res.once('close', resolve);
  });
  clearTimeout(cutOff);
}
