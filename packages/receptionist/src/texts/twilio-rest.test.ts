import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTwilioCallReader } from './twilio-rest.ts';

describe('whether a call is still up', () => {
  let server: Server;
  let answer: { status: number; body: string };
  beforeEach(async () => {
    server = createServer((_req, res) => res.writeHead(answer.status).end(answer.body));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterEach(() => new Promise((closed) => server.close(closed)));

  const asked = () => {
    const { port } = server.address() as AddressInfo;
    const read = createTwilioCallReader({ apiUrl: `http://127.0.0.1:${port}` });
    return read({ account: { sid: 'AC1', token: 'secret' }, call_id: 'CA1' });
  };

  it.each([
    [200, '{"status":"in-progress"}', 'up'],
    [200, '{"status":"completed"}', 'over'],
    [404, '{"code":20404}', 'over'],
    [200, '<html>a proxy</html>', 'unknown'],
    [503, '{}', 'unknown'],
  ])('%i %s: %s', async (status, body, state) => {
    answer = { status, body };
    expect(await asked()).toBe(state);
  });
});
