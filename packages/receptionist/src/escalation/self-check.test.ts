import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Destination, type Tenant, withDefaults } from '@receptionist/core';
import { openStore, type Store } from '@receptionist/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createComplaints } from './complaints.ts';
import { createSelfCheck } from './self-check.ts';

let clock: Date;
let store: Store;
const now = () => clock.toISOString();
const advance = (hours: number) => {
  clock = new Date(clock.getTime() + hours * 3_600_000);
};

beforeEach(async () => {
  clock = new Date('2026-11-24T18:00:00.000Z');
  const folder = await mkdtemp(path.join(tmpdir(), 'self-check-'));
  store = await openStore({ url: `sqlite:${path.join(folder, 'test.db')}`, now: () => clock });
  await store.migrations.up();
});

afterEach(() => store.close());

function addTenant(tenant_id: string, notify: Tenant['escalation']['critical'][number]['notify']) {
  const steps = [{ after_minutes: 0, notify }];
  const tenant = withDefaults({
    ...{
      tenant_id,
      name: tenant_id,
      time_zone: 'UTC',
      numbers: [`+1500555${1000 + Number(tenant_id.slice(1))}`],
    },
    escalation: { critical: steps, standard: steps },
  });
  return store.transact((tx) => tx.createTenant(tenant, now()));
}

describe('the check of next actions', () => {
  /** What must not be cannot be made through the store. */
  function check(repaired: string[]) {
    const lines: Record<string, unknown>[] = [];
    const log = createLog({ level: 'warn', secrets: [], write: (line) => lines.push(JSON.parse(line)) });
    const broken: Store = {
      ...store,
      transact: (work) => store.transact((tx) => work({ ...tx, repairNextActions: async () => repaired })),
    };
    return { lines, selfCheck: createSelfCheck({ store: broken, log, metrics: createMetrics() }) };
  }

  it('names what it repaired until a later one finds nothing', async () => {
    const repaired = ['fb_1', 'fb_2', 'fb_3', 'fb_4'];
    const { lines, selfCheck } = check(repaired);
    expect(selfCheck.found()).toBe('ok');
    await selfCheck.check(now());
    expect(selfCheck.found()).toBe(
      '4 had none at 2026-11-24T18:00:00.000Z, and were given one: fb_1, fb_2, fb_3 and 1 more',
    );
    expect(lines).toMatchObject([{ level: 'error', entry_ids: repaired }]);
    repaired.length = 0;
    await selfCheck.check(now());
    expect(selfCheck.found()).toBe('ok');
  });

  it('finds nothing where nothing is wrong', async () => {
    const selfCheck = createSelfCheck({
      ...{ store, metrics: createMetrics() },
      log: createLog({ level: 'silent', secrets: [], write: () => {} }),
    });
    await selfCheck.check(now());
    expect(selfCheck.found()).toBe('ok');
  });
});

describe('complaints', () => {
  const settings = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    PAGERDUTY_ROUTING_KEY: undefined,
    TWILIO_PHONE_NUMBER: undefined,
  };
  const complain = () =>
    createComplaints({
      store,
      ways: { slack: { channel: '#ops' }, pagerduty: false, phone: true },
      means: { config: settings, hasAccount: () => true },
      metrics: createMetrics(),
    })(now());

  /** What waits to be said, and is said now. */
  async function said(destination: Destination = 'slack:#ops'): Promise<string[]> {
    const claim = { destination, lease_ms: 10_000 };
    const ways = { slack: { channel: '#ops' }, pagerduty: false, phone: true };
    const texts: string[] = [];
    for (let rounds = 0; rounds < 20; rounds++) {
      const sends = await store.transact((tx) => tx.claimSends({ ...claim, now: now(), ways }));
      for (const { deliveries } of sends)
        for (const delivery of deliveries) {
          texts.push(delivery.text ?? '');
          const result = { status: 'sent' as const, reference: null, seen: null };
          await store.transact((tx) => tx.recordDelivery(delivery, result, now()));
        }
      clock = new Date(clock.getTime() + 5_000);
    }
    return texts;
  }

  /** Somebody is planned to be on call, and only for another tenant. */
  function putSomebodyOnCall() {
    const rotation = {
      ...{ name: 'others', tenant_id: 't99', time_zone: 'UTC', every: 'week' as const },
      ...{ starts_at: '2026-11-01T00:00:00.000Z', users: ['lex'] },
    };
    const people = [{ user: 'lex', phone: '+14155550199', slack_user_id: null }];
    return store.transact((tx) => tx.putOnCall({ people, rotations: [rotation], overrides: [] }, now()));
  }

  it('name whom no call and no text reaches, once a day', async () => {
    await addTenant('t99', ['slack']);
    await putSomebodyOnCall();
    await addTenant('t1', ['slack', 'call']);
    await addTenant('t2', ['slack']);
    await complain();
    await complain();
    expect(await said()).toEqual([
      expect.stringMatching(/^Nobody is on call for t1 now: .*adminctl oncall show/),
    ]);
    advance(12);
    await complain();
    expect(await said()).toEqual([]);
    advance(12);
    await complain();
    expect(await said()).toHaveLength(1);
  });

  it('name a channel that is not configured, and the setting', async () => {
    await addTenant('t1', ['slack', 'pagerduty']);
    await complain();
    expect(await said('log')).toEqual([expect.stringMatching(/PAGERDUTY_ROUTING_KEY.*t1/)]);
  });

  it('are not made where nobody was ever put on call', async () => {
    await addTenant('t1', ['call']);
    await complain();
    expect(await said()).toEqual([]);
  });

  it('are few where there are many tenants', async () => {
    await addTenant('t99', ['slack']);
    await putSomebodyOnCall();
    for (let count = 1; count <= 30; count++) await addTenant(`t${count}`, ['call']);
    await complain();
    const texts = await said();
    expect(texts).toHaveLength(11);
    expect(texts).toContainEqual(expect.stringMatching(/ and 17 more either/));
  });
});
