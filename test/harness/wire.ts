/** HTTP without a safety net: requests leave as they are written, right or wrong, and no outcome is thrown. */
import http from 'node:http';
import net from 'node:net';

export interface Asked {
  method: string;
  /** Path and query as they shall be sent; characters from `!` to U+00FF. */
  path: string;
  headers: Readonly<http.OutgoingHttpHeaders>;
  body: Buffer | string | null;
}

export interface Answer {
  /** Null where no answer came, and `failure` says why: `ETIMEDOUT` after the time limit. */
  status: number | null;
  headers: http.IncomingHttpHeaders;
  body: string;
  failure: string | null;
  ms: number;
}

export interface Wire {
  ask(asked: Asked): Promise<Answer>;
  /** Bytes that need not be HTTP; the answer is what came until the other side hung up. */
  askBytes(bytes: Buffer | string): Promise<Answer>;
  close(): void;
}

/** Connections are kept and used again, as by a proxy in front. */
export function openWire(baseUrl: string, { limitMs = 5_000 } = {}): Wire {
  const { hostname, port } = new URL(baseUrl);
  const agent = new http.Agent({ keepAlive: true });
  return {
    ask: ({ method, path, headers, body }) =>
      timed(limitMs, (settle) => {
        // Node leaves it out of methods that usually have no body, and would send one request and a half.
        const length =
          body === null || 'transfer-encoding' in headers
            ? {}
            : { 'content-length': Buffer.byteLength(body) };
        const request = http.request({
          agent,
          hostname,
          port,
          method,
          path,
          headers: { ...length, ...headers },
        });
        request.on('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => settle(failed(error)));
          const answered = () => {
            const { statusCode = 0, headers } = response;
            settle({ status: statusCode, headers, body: Buffer.concat(chunks).toString(), failure: null });
          };
          response.on('end', answered);
          // A stream has no end: its head is the answer.
          if (response.headers['content-type']?.startsWith('text/event-stream')) {
            answered();
            request.destroy();
          }
        });
        request.on('error', (error) => settle(failed(error)));
        request.end(body ?? undefined);
        return () => request.destroy();
      }),
    askBytes: (bytes) =>
      timed(limitMs, (settle) => {
        const socket = net.connect(Number(port), hostname);
        let received = '';
        socket.on('data', (chunk) => {
          received += chunk.toString('latin1');
        });
        socket.on('error', (error) => settle(failed(error)));
        socket.on('close', () => settle(parsed(received)));
        socket.end(bytes);
        return () => socket.destroy();
      }),
    close: () => agent.destroy(),
  };
}

type Settled = Omit<Answer, 'ms'>;

function timed(limitMs: number, send: (settle: (answer: Settled) => void) => () => void): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve) => {
    const settle = (answer: Settled) => {
      clearTimeout(timer);
      resolve({ ...answer, ms: performance.now() - started });
    };
    const abandon = send(settle);
    const timer = setTimeout(() => {
      settle({ ...NOTHING, failure: 'ETIMEDOUT' });
      abandon();
    }, limitMs);
  });
}

const NOTHING = { status: null, headers: {}, body: '' };

function failed(error: NodeJS.ErrnoException): Settled {
  return { ...NOTHING, failure: error.code ?? error.message };
}

function parsed(received: string): Settled {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(received)?.[1];
  if (!status) return { ...NOTHING, failure: 'closed without an answer' };
  return { ...NOTHING, status: Number(status), failure: null };
}
