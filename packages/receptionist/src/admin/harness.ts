/** For the tests of this folder: the admin API on a loopback port, over a real store, with a clock moved by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  type AdminKeys,
  type CallOptions,
  createAdminClient,
  mintToken,
  type Route,
} from '@receptionist/admin-api';
import { openStore } from '@receptionist/store';
import express from 'express';
import { createReplayer } from '../learning/replayer.ts';
import { createLog } from '../observability/log.ts';
import { createProblemHandler } from './problems.ts';
import { createAdminRouter } from './router.ts';
import { createEntryStream } from './stream.ts';

const KEY = 'a-key-of-the-tests-that-has-32-bytes-or-more';
export const KEYS: AdminKeys = { current: KEY, previous: null };

export const TENANT = {
  tenant_id: 't1',
  name: 'Northside Dental',
  time_zone: 'America/Los_Angeles',
  numbers: ['+15005550006'],
};

export interface Sent {
  /** JSON, unless it is text or bytes already. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Null: none. */
  token?: string | null;
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

export async function openDesk({
  keys = KEYS,
  canCall = true,
}: {
  keys?: AdminKeys | null;
  canCall?: boolean;
} = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'admin-'));
  let time = new Date('2026-11-22T09:00:00.000Z');
  const now = () => time;
  const lines: string[] = [];
  const log = createLog({ level: 'info', secrets: [], write: (line) => lines.push(line) });
  let rings = 0;
  const store = await openStore({ url: `sqlite:${path.join(folder, 'store.db')}`, now });
  await store.migrations.up();

  const entryStream = createEntryStream({ store, log });
  const app = express();
  app.use((_req, res, next) => {
    res.locals.request_id = 'rq_test';
    next();
  });
  app.use(
    '/admin',
    createAdminRouter({
      store,
      keys,
      now,
      log,
      wake: {
        ring() {
          rings++;
          entryStream.ring();
        },
      },
      entryStream,
      flagReader: { changed() {} },
      canCall: () => canCall,
      replay: createReplayer({
        flags: { evaluateAll: async () => [] },
        models: { isEmpty: true, propose: async () => null },
        hasAccount: () => true,
      }),
      examine: async () => ({ version: '0', app_env: 'test', public_url: base, checks: [] }),
    }),
  );
  app.use(createProblemHandler({ log }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const token = (user = 'lex') => mintToken({ key: KEY, user, now: now() });
  const client = createAdminClient({ baseUrl: base, key: KEY, user: 'lex', timeoutMs: 5000, now });

  /** A request by hand, with a good token unless another is given. */
  async function send(method: string, address: string, { body, headers, token: given }: Sent = {}) {
    const all = new Headers(headers);
    const bearer = given === undefined ? await token() : given;
    if (bearer !== null) all.set('authorization', `Bearer ${bearer}`);
    if (body !== undefined && !all.has('content-type')) all.set('content-type', 'application/json');

    const response = await fetch(base + address, {
      method,
      headers: all,
      body: bytesOf(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  return {
    base,
    store,
    /** The lines of the log. */
    lines,
    token,
    send,
    /** What happens to entries, from an event on or from now. */
    follow: client.follow,
    entryStream,
    call: <R extends Route>(route: R, options: CallOptions<R>) => client.call(route, options),
    rings: () => rings,
    pass: (seconds: number) => {
      time = new Date(time.getTime() + seconds * 1000);
    },
    /** What the escalation engine does with the events that wait. */
    fileEvents: () =>
      store.transact(async (tx) => {
        for (const event of await tx.claimEvents(10))
          await tx.fileEntry(event, { slack: null, pagerduty: false, phone: false }, now().toISOString());
      }),
    close: async () => {
      entryStream.close();
      server.close();
      server.closeAllConnections();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

function bytesOf(body: unknown): string | Uint8Array<ArrayBuffer> | null {
  if (body === undefined) return null;
  return typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body);
}
