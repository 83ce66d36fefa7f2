import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Store } from '@receptionist/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Readiness } from '../http/readiness.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createHeartbeat } from './heartbeat.ts';

const NOW = '2026-11-24T18:00:00.000Z';
const WELL: Readiness = { ready: true, parts: { database: 'ok', escalation_engine: 'ok' } };
const NOTHING_WAITS = { oldest_event_at: null, oldest_delivery_at: null };

let server: Server;
let address: string;
let pings: string[];
let status: number;
let logged: string[];

beforeEach(async () => {
  pings = [];
  logged = [];
  status = 200;
  server = createServer((req, res) => {
    pings.push(`${req.method} ${req.url}`);
    res.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret`;
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

function beat({
  readiness = WELL,
  backlog = {},
  url = address,
}: {
  readiness?: Readiness;
  backlog?: object;
  url?: string;
}) {
  const read = { backlog: async () => ({ ...NOTHING_WAITS, ...backlog }) };
  return createHeartbeat({
    ...{ url, metrics: createMetrics(), readiness: async () => readiness },
    store: { read } as unknown as Store,
    log: createLog({ level: 'warn', secrets: [], write: (line) => logged.push(line) }),
  })(NOW);
}

describe('the heartbeat', () => {
  it('is sent while all is well', async () => {
    await beat({ backlog: { oldest_delivery_at: '2026-11-24T17:55:00.000Z' } });
    expect(pings).toEqual(['GET /ping/secret']);
    expect(logged).toEqual([]);
  });

  it.each([
    ['a part is not ready', { readiness: { ready: false, parts: { database: 'away' } } }, 'database: away'],
    ['an event waits', { backlog: { oldest_event_at: '2026-11-24T17:54:59.000Z' } }, 'is not filed'],
    ['a delivery waits', { backlog: { oldest_delivery_at: '2026-11-24T17:54:59.000Z' } }, 'is due since'],
  ])('is withheld where %s, and the log says why', async (_, ill, words) => {
    await beat(ill);
    expect(pings).toEqual([]);
    expect(logged).toEqual([expect.stringContaining(words)]);
  });

  it('that nobody takes is said, without the address', async () => {
    status = 503;
    await beat({});
    await beat({ url: 'http://127.0.0.1:1/ping/secret' });
    expect(logged).toEqual([expect.stringContaining('503'), expect.stringContaining('heartbeat')]);
    expect(logged.join()).not.toContain('secret');
  });
});
