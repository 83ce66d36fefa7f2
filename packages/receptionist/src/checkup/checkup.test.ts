import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@receptionist/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import type { Readiness } from '../http/readiness.ts';
import { createCheckup } from './checkup.ts';

const WELL = { database: 'ok', migrations: 'ok', escalation_engine: 'ok' };

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'checkup-'));
  store = await openStore({ url: `sqlite:${path.join(folder, 'store.db')}` });
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
