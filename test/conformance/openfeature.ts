/** OpenFeature's evaluation scenarios on our provider, over a real store: those about booleans, and those about errors. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Client,
  type EvaluationDetails,
  type FlagValue,
  OpenFeature,
  ProviderFatalError,
} from '@openfeature/server-sdk';
import type { Flag } from '@receptionist/core';
import { openStore } from '@receptionist/store';
import {
  createFlagProvider,
  createFlagReader,
  createLog,
  createMetrics,
  type FlagReader,
} from 'receptionistd';
import { makeDatabase } from '../harness/database.ts';
import { northside } from '../harness/tenants.ts';
import type { PartResult } from './rows.ts';

/** What their flags are with us. All of ours are booleans, so that those of other types are not there. */
const OURS: Record<string, Flag> = {
  'boolean-flag': 'allow_ai_booking',
  'boolean-zero-flag': 'allow_rag',
  'boolean-targeted-zero-flag': 'allow_live_transfer',
  'boolean-disabled-flag': 'record_calls',
};

/** Whose own settings they target, and one without. */
const TARGETED = { email: 'ballmer@macrosoft.com', tenant_id: 't1' };
const OTHER = 't2';

/** Their STATIC is set for everybody alike. With us each setting is a tenant's. */
const REASONS: Record<string, string> = { STATIC: 'TARGETING_MATCH' };

/** A provider may say so; ours says where a value comes from, also where it is kept. */
const NOT_OURS = 'the reason should be "CACHED"';

interface Scenario {
  name: string;
  steps: string[];
}

interface World {
  client: Client;
  kind: string;
  key: string;
  fallback: FlagValue;
  email: string | null;
  details: EvaluationDetails<FlagValue> | null;
}

type Take = (world: World, words: string[]) => void | Promise<void>;

export async function openFeatureScenarios(folder: string): Promise<PartResult> {
  const text = readFileSync(path.join(folder, 'flags/openfeature/evaluation_v2.feature'), 'utf8');
  const wrong: string[] = [];
  let [rows, leftOut] = [0, 0];
  const { clients, close } = await openClients();
  const steps = stepsFor(clients);
  for (const scenario of scenarios(text)) {
    const taken = scenario.steps.map((step) => steps.find(([pattern]) => pattern.test(step)));
    if (!isOurs(scenario) || taken.includes(undefined)) {
      leftOut++;
      continue;
    }
    rows++;
    try {
      await play(scenario, steps, clients.stable);
    } catch (error) {
      wrong.push(`${scenario.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  await close();
  return {
    name: 'OpenFeature scenarios',
    rule: 'our provider answers booleans and errors as told; what is STATIC there is TARGETING_MATCH with us',
    rows,
    wrong,
    counts: { 'left out': leftOut },
  };
}

/** About a boolean that we have, or about an error of one that we have or that nobody has. */
function isOurs({ steps }: Scenario): boolean {
  const [, kind, key = ''] =
    steps.map((step) => /^a (\w+)-flag with key "([^"]*)"/i.exec(step)).find(Boolean) ?? [];
  if (steps.includes(NOT_OURS)) return false;
  if (key === 'non-existent-flag') return true;
  const isError = steps.some((step) => step.startsWith('the error-code'));
  return key in OURS && (kind === 'Boolean' || isError);
}

async function play({ steps }: Scenario, known: [RegExp, Take][], client: Client): Promise<void> {
  const world: World = { client, kind: '', key: '', fallback: false, email: null, details: null };
  for (const step of steps) {
    for (const [pattern, take] of known) {
      const words = pattern.exec(step)?.slice(1);
      if (words) await take(world, words);
    }
  }
}

function stepsFor(clients: Record<string, Client>): [RegExp, Take][] {
  return [
    [
      /^a (stable|not ready|fatal) provider$/,
      (world, [state = '']) => {
        world.client = clients[state] as Client;
      },
    ],
    [
      /^a (\w+)-flag with key "([^"]*)" and a fallback value "(.*)"$/i,
      (world, [kind = '', key = '', fallback = '']) =>
        void Object.assign(world, { kind, key, fallback: flagValue(kind, fallback) }),
    ],
    [
      /^a context containing a key "email", with type "String" and with value "([^"]*)"$/,
      (world, [email = null]) => {
        world.email = email;
      },
    ],
    [/^a context containing a key "email" with null value$/, () => {}],
    [
      /^the flag was evaluated with details$/,
      async (world) => {
        world.details = await evaluate(world);
      },
    ],
    [
      /^the resolved details value should be "(.*)"$/,
      (world, [value = '']) => agree(world.details?.value, flagValue(world.kind, value)),
    ],
    [
      /^the reason should be "(\w+)"$/,
      (world, [reason = '']) => agree(world.details?.reason, REASONS[reason] ?? reason),
    ],
    [/^the error-code should be "(\w+)"$/, (world, [code]) => agree(world.details?.errorCode, code)],
    [/^the flag key should be "(.*)"$/, (world, [key = '']) => agree(world.details?.flagKey, OURS[key])],
    [/^the variant should be "(.*)"$/, (world, [variant]) => agree(world.details?.variant, variant)],
  ];
}

function evaluate({ client, kind, key, fallback, email }: World): Promise<EvaluationDetails<FlagValue>> {
  const name = OURS[key] ?? key;
  const isTargeted = key !== 'boolean-targeted-zero-flag' || email === TARGETED.email;
  const context = { targetingKey: isTargeted ? TARGETED.tenant_id : OTHER };
  if (typeof fallback === 'boolean') return client.getBooleanDetails(name, fallback, context);
  if (typeof fallback === 'number') return client.getNumberDetails(name, fallback, context);
  if (kind === 'String') return client.getStringDetails(name, String(fallback), context);
  return client.getObjectDetails(name, fallback, context);
}

function flagValue(kind: string, text: string): FlagValue {
  return kind === 'String' ? text : (JSON.parse(text.replaceAll('\\"', '"')) as FlagValue);
}

function agree(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${JSON.stringify(found)} in place of ${JSON.stringify(expected)}`);
}

/** Each row of an outline's examples is a scenario. The steps of the background come first. */
function scenarios(text: string): Scenario[] {
  const [background = '', ...blocks] = text.split(/^ *Scenario(?: Outline)?: */m);
  return blocks.flatMap((block) => {
    const [head = '', ...examples] = block.split(/^ *Examples:.*$/m);
    const [name = ''] = head.split('\n');
    const steps = [...stepsOf(background), ...stepsOf(head)];
    if (examples.length === 0) return [{ name, steps }];
    return examples.flatMap(tableOf).map((row) => ({
      name: `${name} (${Object.values(row).join(', ')})`,
      steps: steps.map((step) => step.replace(/<(\w+)>/g, (_, column) => row[column] ?? '')),
    }));
  });
}

function stepsOf(text: string): string[] {
  return [...text.matchAll(/^ *(?:Given|When|Then|And) (.*?) *$/gm)].map(([, step = '']) => step);
}

function tableOf(text: string): Record<string, string>[] {
  const lines = [...text.matchAll(/^ *\|(.*)\| *$/gm)].map(([, cells = '']) =>
    cells.split('|').map((cell) => cell.trim()),
  );
  const [names = [], ...rows] = lines;
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
}

async function openClients() {
  const database = await makeDatabase();
  const store = await openStore({ url: database.url });
  await store.migrations.up();
  const at = await store.now();
  await store.transact(async (tx) => {
    await tx.createTenant(northside({ tenant_id: TARGETED.tenant_id, plan: 'core' }), at);
    await tx.createTenant(northside({ tenant_id: OTHER, plan: 'core', numbers: [] }), at);
    await tx.setFlag(TARGETED.tenant_id, 'allow_ai_booking', true, 'lex', at);
    await tx.setFlag(TARGETED.tenant_id, 'allow_rag', false, 'lex', at);
    await tx.setFlag(TARGETED.tenant_id, 'allow_live_transfer', false, 'lex', at);
  });
  const reader = createFlagReader({
    ...{ store, cache: null, now: () => new Date(), elapsed: () => performance.now() },
    log: createLog({ level: 'silent', secrets: [], write() {} }),
    metrics: createMetrics(),
  });
  OpenFeature.setLogger({ error() {}, warn() {}, info() {}, debug() {} });
  const never = new Promise<void>(() => {});
  const readers: Record<string, FlagReader> = {
    stable: reader,
    'not ready': { ...reader, look: () => never },
    fatal: { ...reader, look: () => Promise.reject(new ProviderFatalError('it cannot be helped')) },
  };
  const clients: Record<string, Client> = {};
  for (const [state, each] of Object.entries(readers)) {
    const provider = createFlagProvider(each);
    if (state === 'not ready') OpenFeature.setProvider(state, provider);
    else await OpenFeature.setProviderAndWait(state, provider).catch(() => {});
    clients[state] = OpenFeature.getClient(state);
  }
  return {
    clients: clients as Record<string, Client> & { stable: Client },
    async close() {
      await OpenFeature.clearProviders();
      await store.close();
      await database.remove();
    },
  };
}
