/** The listening socket, with limits against those who send slowly or without end, and a stop that loses no answer. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const LIMITS = {
  maxHeaderSize: 16 * 1_024,
  headersTimeout: 10_000,
  /** For headers and body together; bodies have 100 kB at most. */
  requestTimeout: 20_000,
  /** Longer than that of the usual balancers, so that they close first and no request meets a closed door. */
  keepAliveTimeout: 65_000,
  /** How often slow ones are looked for. */
  connectionsCheckingInterval: 2_000,
} as const;

/** The address cannot be listened on; the message says why and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** @throws ListenError */
export async function listen({ host, port }: { host: string; port: number }): Promise<Server> {
  const server = createServer(LIMITS);
  server.on('clientError', answerUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, host, port)));
    server.listen({ host, port }, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Answers take far less; whoever has not sent a whole request by then is cut off. */
const LAST_ANSWERS_MS = 5_000;

/** Takes no new connection, and resolves when the last answer was sent. */
export async function closeServer(server: Server): Promise<void> {
  // A connection that is kept alive after its answer would keep us waiting.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
  const cutOff = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(closeIdle);
  clearTimeout(cutOff);
}

function explain(error: Error & { code?: string }, host: string, port: number): ListenError {
  const where = `${host}:${port}`;
  const said: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken: another program listens on ${where}. Stop it, or set PORT to another (0: any free one).`,
    EACCES: `Port ${port} may not be used by this user. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one of its own, or to 0.0.0.0 for all.`,
    ENOTFOUND: `${host} is no address of this machine. Set HOST to one of its own, or to 0.0.0.0 for all.`,
  };
  return new ListenError(said[error.code ?? ''] ?? `Cannot listen on ${where}: ${error.message}.`, {
    cause: error,
  });
}

/** What is no HTTP never becomes a request, so it is answered by hand. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = UNREADABLE[error.code ?? ''] ?? '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${status}\r\nX-Request-Id: ${randomUUID()}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
}

const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
