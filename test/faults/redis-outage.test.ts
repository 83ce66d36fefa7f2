/** Redis only rings: whatever becomes of it, each alert leaves in time. */
import { ROUTES } from '@receptionist/admin-api';
import { expect, test } from 'vitest';
import { needs } from '../../scripts/optional-tools.ts';
import { openPremises, type Premises, type Running } from '../harness/premises.ts';
import { sleep, until } from '../harness/real-time.ts';
import { type RedisServer, startRedis } from '../harness/redis-server.ts';
import { northside } from '../harness/tenants.ts';

/** From the answer that the caller heard to the message in Slack. */
const TOLD_WITHIN_MS = 2_000;
/** Slack takes a message a second. */
const BETWEEN_CALLS_MS = 1_100;

interface Outage {
  name: string;
  begin(redis: RedisServer): Promise<void>;
  end(redis: RedisServer): Promise<void>;
}

const nothing = async () => {};

const OUTAGES: Outage[] = [
  {
    name: 'is stopped, and started again later',
    begin: (redis) => redis.stop(),
    end: (redis) => redis.start(),
  },
  { name: 'is emptied', begin: (redis) => redis.flush(), end: nothing },
  { name: 'is restarted, and empty', begin: (redis) => redis.stop().then(redis.start), end: nothing },
  { name: 'hangs', begin: async (redis) => redis.pause(), end: async (redis) => redis.resume() },
];

test.each(OUTAGES)(
  'Redis $name: callers notice nothing, and each is told of in time',
  needs('redis-server'),
  async ({ begin, end }) => {
    const redis = await startRedis();
    const premises = await openPremises();
    const daemon = await premises.start({ REDIS_URL: redis.url });
    await daemon.admin.call(ROUTES.createTenant, { body: northside() });

    await callAndAlert(daemon, premises, 1);
    await begin(redis);
    for (const number of [2, 3, 4]) await callAndAlert(daemon, premises, number);
    await end(redis);
    for (const number of [5, 6]) await callAndAlert(daemon, premises, number);

    expect(premises.slack.posts).toHaveLength(6);
    expect(await daemon.stop()).toBe(0);
    expect(daemon.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    await premises.close();
    await redis.remove();
  },
);

async function callAndAlert(daemon: Running, { slack }: Premises, number: number): Promise<void> {
  const caller = `+1415555010${number}`;
  const call = await daemon.ring(caller);
  await call.say('I need to talk to a person');
  await until(`${caller} is told of`, TOLD_WITHIN_MS, () =>
    slack.posts.some((post) => post.lines().join().includes(caller)),
  );
  await sleep(BETWEEN_CALLS_MS);
}
