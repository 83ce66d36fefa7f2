/** Stands between the daemon and a server of somebody else's, and decides what becomes of each request. */
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fate =
  | 'pass'
  | 'http_500'
  /** The connection is reset, and nothing was done. */
  | 'refuse'
  /** No answer, and nothing was done. */
  | 'hang'
  /** No answer, but it was done. */
  | 'hang_but_accept'
  /** A web page, as a proxy in between answers. */
  | 'html'
  /** To be tried again after a second. */
  | 'rate_limited';

export interface Interceptor {
  /** In place of the server's own. */
  origin: string;
  close(): Promise<void>;
}

/** `decide` may take its time: the request waits with it. */
export async function startInterceptor({
  origin,
  decide,
}: {
  origin: string;
  decide: (path: string, body: string) => Fate | Promise<Fate>;
}): Promise<Interceptor> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const fate = await decide(request.url ?? '/', String(body));
    if (fate === 'pass') forward(request, body, response);
    else if (fate === 'hang_but_accept') forward(request, body, null);
    else fail(fate, response);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  /** Without a response nobody hears of the answer. */
  function forward(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
    response: ServerResponse | null,
  ): void {
    const onward = send(new URL(url ?? '/', origin), { method: method ?? 'GET', headers, agent });
    onward.on('response', (answer) => {
      if (!response) return void answer.resume();
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response?.destroy());
    onward.end(body);
  }

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function fail(fate: Exclude<Fate, 'pass' | 'hang_but_accept'>, response: ServerResponse): void {
  switch (fate) {
    case 'http_500':
      return void response.writeHead(500).end('Internal Server Error');
    case 'refuse':
      return void response.socket?.resetAndDestroy();
    case 'hang':
      return;
    case 'html':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
    case 'rate_limited':
      return void response.writeHead(429, { 'retry-after': '1' }).end('{"ok":false,"error":"ratelimited"}');
  }
}
