import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '@receptionist/core';
import { afterEach, expect, test } from 'vitest';
import { createAdminClient, Unreachable } from './client.ts';
import { ROUTES } from './routes.ts';
import { checkToken } from './tokens.ts';

const KEY = 'a-key-of-the-tests-that-has-32-bytes-or-more';
const t1 = { tenant_id: 't1' };

let server: Server;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (status: number, body: object, type = 'application/json'): RequestListener => {
  return (_req, res) => res.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
};

const clientFor = (baseUrl: string, more: Partial<Parameters<typeof createAdminClient>[0]> = {}) =>
  createAdminClient({ baseUrl, key: KEY, user: 'lex', timeoutMs: 2000, ...more });

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (error) => error,
  );
}

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a call carries a fresh token, its body and its Idempotency-Key to the address of its route', async () => {
  const seen: object[] = [];
  const tokens = new Set<string>();
  const base = await serve(async (req, res) => {
    const { method, url, headers } = req;
    tokens.add(headers.authorization ?? '');
    seen.push({
      method,
      url,
      type: headers['content-type'],
      key: headers['idempotency-key'],
      body: await textOf(req),
    });
    res.end('{"plan":"core"}');
  });
  const client = clientFor(`${base}/`);
  const put = () =>
    client.call(ROUTES.putPlan, {
      params: { tenant_id: 't/1' },
      body: { plan: 'core' },
      idempotencyKey: 'k1',
    });
  expect(await put()).toEqual({ plan: 'core' });
  await put();
  const sent = {
    method: 'PUT',
    url: '/admin/tenants/t%2F1/plan',
    type: 'application/json',
    key: 'k1',
    body: '{"plan":"core"}',
  };
  expect(seen).toEqual([sent, sent]);
  expect(tokens.size).toBe(2);
  for (const token of tokens) {
    const check = await checkToken(
      token.replace('Bearer ', ''),
      { current: KEY, previous: null },
      new Date(),
    );
    expect(check).toMatchObject({ accepted: true, user: 'lex' });
  }
});

test('a list in a query is repeated, and what is undefined is left out', async () => {
  const base = await serve((req, res) => res.end(JSON.stringify({ url: req.url })));
  const query = { status: ['open', 'engaged'] as ('open' | 'engaged')[], tag: undefined, q: 'a&b' };
  expect(await clientFor(base).call(ROUTES.listEntries, { query })).toEqual({
    url: '/admin/fallback?status=open&status=engaged&q=a%26b',
  });
});

const pages: RequestListener = (req, res) => {
  const search = new URL(req.url ?? '', 'http://x').searchParams;
  const from = Number(search.get('cursor') ?? 0);
  const to = Math.min(from + Number(search.get('limit')), 1200);
  const items = Array.from({ length: to - from }, (_, i) => from + i);
  res.end(JSON.stringify({ items, next_cursor: to < 1200 ? String(to) : null }));
};

test('all pages, or as many items as wanted and where to go on', async () => {
  const client = clientFor(await serve(pages));
  const all = await client.all(ROUTES.listAudit, {});
  expect([all.items.length, all.next_cursor]).toEqual([1200, null]);
  const some = await client.all(ROUTES.listAudit, {}, { limit: 700 });
  expect([some.items.length, some.next_cursor]).toEqual([700, '700']);
});

test('a problem comes as the daemon explains it', async () => {
  const base = await serve(
    json(409, {
      code: 'already_acknowledged',
      detail: 'kim has it.',
      title: 't',
      type: 'u',
      status: 409,
      request_id: 'rq_1',
      holder: 'kim',
    }),
  );
  const error = await failure(
    clientFor(base).call(ROUTES.acknowledgeEntry, { params: { entry_id: 'fb_1' } }),
  );
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({
    code: 'already_acknowledged',
    message: 'kim has it.',
    details: { status: 409, request_id: 'rq_1', holder: 'kim' },
  });
});

test('a code of a newer daemon becomes one of the same status', async () => {
  const base = await serve(json(404, { code: 'gone_fishing', detail: 'Gone.', status: 404 }));
  expect(await failure(clientFor(base).call(ROUTES.getTenant, { params: t1 }))).toMatchObject({
    code: 'not_found',
  });
});

test('a 401 with another time in it blames the clock', async () => {
  const base = await serve(json(401, { code: 'unauthorized', detail: 'Not accepted.', status: 401 }));
  const at = (minutes: number) => clientFor(base, { now: () => new Date(Date.now() + minutes * 60_000) });
  const { message: ahead } = await failure(at(4).call(ROUTES.getTenant, { params: t1 }));
  expect(ahead).toContain('Your clock is 4 min ahead of the daemon');
  const { message: right } = await failure(at(0).call(ROUTES.getTenant, { params: t1 }));
  expect(right).toBe('Not accepted.');
});

test.each<[string, RequestListener, string]>([
  ['a web page', (_req, res) => res.end('<html>'), 'answered 200 (no content type)'],
  ['a proxy that found nobody', (_req, res) => res.writeHead(502).end('<html>'), 'answered 502'],
  ['JSON that is not ours', json(500, { error: 'x' }), 'answered 500 (application/json)'],
  [
    'a redirect',
    (_req, res) => res.writeHead(302, { location: 'https://other.example' }).end(),
    'https://other.example',
  ],
  ['a hang-up', (req) => req.destroy(), 'Cannot reach the daemon'],
  ['silence', () => {}, 'did not answer within 0.2 s'],
])('%s is not the daemon', async (_what, answer, said) => {
  const base = await serve(answer);
  const error = await failure(clientFor(base, { timeoutMs: 200 }).call(ROUTES.getTenant, { params: t1 }));
  expect(error).toBeInstanceOf(Unreachable);
  expect(error.message).toContain(said);
  expect(error.message).not.toContain(KEY);
});

test('where nobody listens, the message names the address and the reason', async () => {
  const base = await serve(() => {});
  await new Promise((closed) => server.close(closed));
  const error = await failure(clientFor(base).call(ROUTES.getTenant, { params: t1 }));
  expect(error).toMatchObject({ name: 'Unreachable', address: base });
  expect(error.message).toContain('ECONNREFUSED');
});

test('an address that is none is said at once', () => {
  expect(() => clientFor('localhost:8080')).toThrow(Unreachable);
});
