/** What every simulated server stands on: an HTTP server on the loopback address that can also misbehave. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  /** With its query. */
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** `hang`: the connection stays open and silent. `reset`: it is cut. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body: string | Buffer }
  | StreamedAnswer
  | 'hang'
  | 'reset';

/** Each part leaves when it is there. */
export interface StreamedAnswer {
  status: number;
  headers: Record<string, string>;
  parts: AsyncIterable<string>;
  ending: 'end' | 'hang' | 'reset';
}

export interface Loopback {
  /** `http://127.0.0.1:PORT` */
  origin: string;
  /** Cuts what is still open. */
  close: () => Promise<void>;
}

/** `port` 0 takes a free one. Rejects if the port is taken. */
export async function startLoopback(options: {
  port: number;
  answer: (request: ReceivedRequest) => Answer;
}): Promise<Loopback> {
  const server = createServer((request, response) => {
    readRequest(request)
      .then((received) => send(options.answer(received), response))
      .catch((error) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(`The simulated server failed: ${String(error)}`);
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return {
    method: request.method ?? '',
    path: request.url ?? '/',
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

async function send(answer: Answer, response: ServerResponse): Promise<void> {
  if (answer === 'hang') return;
  if (answer === 'reset') response.socket?.resetAndDestroy();
  else if ('parts' in answer) await stream(answer, response);
  else response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** A reader who has left stops it. */
async function stream({ status, headers, parts, ending }: StreamedAnswer, response: ServerResponse) {
  response.writeHead(status, headers).flushHeaders();
  for await (const part of parts) {
    await new Promise((written) => response.write(part, written));
    if (response.destroyed) return;
  }
  if (ending === 'end') response.end();
  if (ending === 'reset') response.socket?.resetAndDestroy();
}

export function jsonAnswer(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
