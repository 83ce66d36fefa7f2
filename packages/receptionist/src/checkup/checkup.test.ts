import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EscalationChannel, type OnCall, withDefaults } from '@receptionist/core';
import { openStore, type Store } from '@receptionist/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import type { Readiness } from '../http/readiness.ts';
import { createCheckup } from './checkup.ts';

const WELL = { database: 'ok', migrations: 'ok', escalation_engine: 'ok' };

const NOW = '2026-11-24T18:00:00.000Z';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'checkup-'));
  store = await openStore({ url: `sqlite:${path.join(folder, 'store.db')}`, now: () => new Date(NOW) });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function findings(parts: Readiness['parts'], environment: Record<string, string> = {}) {
  const examine = createCheckup({
    config: readConfig({ environment, directory: folder }),
    models: [],
    publicUrl: 'https://phone.example',
    store,
    readiness: async () => ({ ready: false, parts }),
    hasAccount: () => environment['TWILIO_ACCOUNT_SID'] !== undefined,
  });
  const { checks, public_url } = await examine();
  expect(public_url).toBe('https://phone.example');
  return Object.fromEntries(checks.map(({ name, ...finding }) => [name, finding]));
}

test.each([
  ['database', 'the disk is full'],
  ['migrations', 'pending: 0009_next'],
  ['escalation_engine', 'the last full cycle was 40 s ago; the log says why'],
])('what /ready says of %s is found here, with what to do', async (part, said) => {
  const found = await findings({ ...WELL, [part]: said });
  expect(found[part]).toEqual({
    status: 'fail',
    found: said,
    meaning: expect.stringMatching(/\S/),
    fix: expect.stringMatching(/\S/),
  });
});

test('a daemon without an engine has nothing to say of it', async () => {
  const { escalation_engine: _, ...parts } = WELL;
  expect((await findings(parts))['escalation_engine']?.status).toBe('skipped');
});

test.each([
  [{}, 'fail'],
  [{ TWILIO_AUTH_TOKEN: 'replace-me-with-the-auth-token' }, 'fail'],
  [{ TWILIO_AUTH_TOKEN: '0123456789abcdef' }, 'warn'],
  [{ TWILIO_AUTH_TOKEN: '0123456789abcdef', TWILIO_ACCOUNT_SID: 'AC1' }, 'ok'],
  [{ TWILIO_ACCOUNTS: 'AC1:0123456789abcdef' }, 'ok'],
])("Twilio's token, set as %j: %s", async (environment: Record<string, string>, status) => {
  expect((await findings(WELL, environment))['twilio_token']?.status).toBe(status);
});

test('without a model the built-in receptionist answers', async () => {
  expect((await findings(WELL))['model']).toMatchObject({
    status: 'ok',
    found: expect.stringContaining('built-in'),
  });
});

test.each(['escalation_steps', 'on_call'])('%s is not looked at without a database', async (name) => {
  expect((await findings(WELL))[name]).toMatchObject({ status: 'skipped' });
});

/** A tenant with one step for all entries. */
async function seedTenant(tenant_id: string, ...notify: EscalationChannel[]) {
  const steps = [{ after_minutes: 0, notify }];
  const escalation = { critical: steps, standard: steps };
  const tenant = withDefaults({ tenant_id, name: tenant_id, time_zone: 'UTC', numbers: [], escalation });
  await store.transact((tx) => tx.createTenant(tenant, NOW));
}

describe('escalation_steps', () => {
  beforeEach(() => store.migrations.up());
  const found = async (environment: Record<string, string> = {}) =>
    (await findings(WELL, environment))['escalation_steps'];

  test('every channel can be used', async () => {
    await seedTenant('t1', 'slack', 'pagerduty', 'call');
    const settings = {
      ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_API_URL: 'http://127.0.0.1:1', SLACK_SIGNING_SECRET: 'secret' },
      ...{ PAGERDUTY_ROUTING_KEY: 'routing', TWILIO_ACCOUNT_SID: 'AC1', TWILIO_PHONE_NUMBER: '+15005550006' },
    };
    expect((await found(settings))?.status).toBe('ok');
  });

  test.each<[EscalationChannel, Record<string, string>, string]>([
    ['slack', {}, 'SLACK_BOT_TOKEN is not set, and steps of t1, t2, t3 and 1 more name slack.'],
    ['slack_mention', {}, 'SLACK_BOT_TOKEN'],
    ['pagerduty', {}, 'PAGERDUTY_ROUTING_KEY'],
    ['text', {}, 'TWILIO_ACCOUNT_SID'],
    ['call', { TWILIO_ACCOUNT_SID: 'AC1' }, 'TWILIO_PHONE_NUMBER'],
  ])('%s is named with %j', async (channel, environment, setting) => {
    for (const tenant_id of ['t1', 't2', 't3', 't4']) await seedTenant(tenant_id, channel);
    expect(await found(environment)).toMatchObject({
      status: 'warn',
      found: expect.stringContaining(setting),
      fix: expect.stringContaining(setting.split(' ')[0] ?? ''),
    });
  });
});

describe('on_call', () => {
  beforeEach(() => store.migrations.up());
  const lex = { user: 'lex', phone: '+14155550101', slack_user_id: 'U0LEX' };
  const week = {
    ...{ name: 'week', tenant_id: null, time_zone: 'UTC', every: 'week' as const },
    ...{ starts_at: '2026-11-23T09:00:00.000Z', users: ['lex'] },
  };

  async function found(changes: Partial<OnCall>) {
    const onCall = { people: [lex], rotations: [], overrides: [], ...changes };
    await store.transact((tx) => tx.putOnCall(onCall, NOW));
    return (await findings(WELL))['on_call'];
  }

  test('no step asks a person', async () => {
    await seedTenant('t1', 'slack', 'pagerduty');
    expect((await found({}))?.status).toBe('ok');
  });

  test('somebody can always be reached', async () => {
    await seedTenant('t1', 'slack_mention', 'call');
    expect(await found({ rotations: [week] })).toMatchObject({ status: 'ok' });
  });

  test.each<[what: string, status: string, words: string, changes: Partial<OnCall>]>([
    ['nothing is written down', 'warn', 'Nobody is on call.', {}],
    ['the rotation is empty', 'fail', 't1: nobody is on call now', { rotations: [{ ...week, users: [] }] }],
    [
      'a shift of the week has no phone',
      'fail',
      't1: whoever is on call has no phone from 2026-11-30T09:00:00.000Z',
      { rotations: [{ ...week, users: ['lex', 'kim'] }] },
    ],
    [
      'one of two rotations is empty',
      'warn',
      'Nobody is in the rotation second.',
      { rotations: [week, { ...week, name: 'second', users: [] }] },
    ],
    [
      'Slack does not know somebody',
      'warn',
      'lex has no slack_user_id',
      { people: [{ ...lex, slack_user_id: null }], rotations: [week] },
    ],
  ])('%s: %s', async (_, status, words, changes) => {
    await seedTenant('t1', 'slack_mention', 'call');
    expect(await found(changes)).toMatchObject({ status, found: expect.stringContaining(words) });
  });
});
