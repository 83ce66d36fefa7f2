/** An address in front of a Postgres, for tests, at which the network is as bad as they want it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Gate {
  /** As the database's, through the gate. */
  url: string;
  /** Breaks all connections, and those that come. */
  shut(): void;
  /** Connections come and stay, and nothing is heard on them. */
  silence(): void;
  open(): void;
  close(): Promise<void>;
}

export async function startGate(databaseUrl: string): Promise<Gate> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: 'open' | 'shut' | 'silent' = 'open';

  const server = createServer((client) => {
    if (state === 'shut') return void client.destroy();
    const database = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => state === 'open' && to.write(chunk));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = new URL(target);
  const address = server.address();
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    shut() {
      state = 'shut';
      breakAll();
    },
    silence() {
      state = 'silent';
    },
    open() {
      // What was swallowed is missing from the conversations of before.
      breakAll();
      state = 'open';
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
