import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFlagProvider } from './openfeature.ts';
import { openReader } from './test-source.ts';

const FLAG = 'allow_ai_booking';
const OF_T1 = { targetingKey: 't1' };

let source: ReturnType<typeof openReader>;
const client = OpenFeature.getClient();

beforeEach(async () => {
  source = openReader();
  OpenFeature.setLogger({ error() {}, warn() {}, info() {}, debug() {} });
});
afterEach(() => OpenFeature.clearProviders());

const provide = () => OpenFeature.setProviderAndWait(createFlagProvider(source.reader));

it('answers what the reader answers, and says where it comes from', async () => {
  source.change('t1', [FLAG]);
  await provide();
  expect(client.metadata.providerMetadata).toEqual({ name: 'receptionist' });
  expect(await client.getBooleanDetails(FLAG, false, OF_T1)).toMatchObject({
    value: true,
    variant: 'on',
    reason: 'TARGETING_MATCH',
    flagMetadata: { source: 'tenant', safe_value: false, updated_by: 'lex', version: 2 },
  });
});

it('takes the other name of a flag', async () => {
  source.change('t1', ['allow_rag']);
  await provide();
  expect(await client.getBooleanValue('enable_rag', false, OF_T1)).toBe(true);
});

it('answers the default, and why, where the question is wrong', async () => {
  await provide();
  const codes = [
    await client.getBooleanDetails('allow_everything', true, OF_T1),
    await client.getBooleanDetails(FLAG, true),
    await client.getStringDetails(FLAG, 'yes', OF_T1),
  ].map(({ value, reason, errorCode }) => [value, reason, errorCode]);
  expect(codes).toEqual([
    [true, 'ERROR', 'FLAG_NOT_FOUND'],
    [true, 'ERROR', 'TARGETING_KEY_MISSING'],
    ['yes', 'ERROR', 'TYPE_MISMATCH'],
  ]);
});

it('answers the safe value, not the default, where nothing is known', async () => {
  await provide();
  source.breakDown();
  const { value, reason } = await client.getBooleanDetails(FLAG, true, OF_T1);
  expect([value, reason]).toEqual([false, 'ERROR']);
});

it('is not ready where the database cannot be read at the start', async () => {
  source.breakDown();
  await expect(provide()).rejects.toThrow('flags cannot be read');
  source.repair();
  await source.reader.look();
  expect(client.providerStatus).toBe('READY');
});

it('tells of changes, of values that are old, and of better days', async () => {
  await provide();
  const heard: string[] = [];
  const { ConfigurationChanged: changed, Stale: stale, Error: error, Ready: ready } = ProviderEvents;
  for (const event of [changed, stale, error]) client.addHandler(event, () => heard.push(event));
  source.change('t1', []);
  await source.reader.look();
  source.breakDown();
  for (const seconds of [31, 300]) {
    source.advance(seconds);
    await source.reader.look();
  }
  client.addHandler(ready, () => heard.push(ready));
  source.repair();
  await source.reader.look();
  expect(heard).toEqual([changed, stale, error, ready]);
});
