/** The way to a Redis: as slow as a test wants it, and a few commands by hand. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface RedisLine {
  /** Of the Redis behind it. */
  url: string;
  /** Each reply takes so much longer from now on. */
  slowDown(ms: number): void;
  /** How often a command was sent over it, by its name. */
  count(name: string): number;
  /** Every connection ends; who connects again is let through. */
  cut(): void;
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  close(): void;
}

export async function openRedisLine(redisUrl: string): Promise<RedisLine> {
  const port = Number(new URL(redisUrl).port);
  const sockets = new Set<Socket>();
  let delay = 0;
  let sent = '';
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const redis = connect(port, '127.0.0.1');
    client.pipe(redis);
    client.on('data', (commands) => {
      sent += commands;
    });
    redis.on('data', (reply) => setTimeout(() => client.destroyed || client.write(reply), delay));
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    slowDown(ms) {
      delay = ms;
    },
    count: (name) => sent.split(`\r\n${name}\r\n`).length - 1,
    cut: destroyAll,
    async get(key) {
      const reply = await command(port, ['GET', key]);
      return reply.startsWith('$-1') ? null : reply.slice(reply.indexOf('\r\n') + 2, -2);
    },
    async set(key, value) {
      await command(port, ['SET', key, value]);
    },
    close() {
      server.close();
      destroyAll();
    },
  };
}

/** What it replies, as it stands in its protocol. */
async function command(port: number, words: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const bulk = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  socket.write(`*${words.length}\r\n${bulk.join('')}`);
  const [reply] = await once(socket, 'data');
  socket.destroy();
  return String(reply);
}
