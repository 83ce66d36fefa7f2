import { afterEach, beforeEach, describe } from 'vitest';
import { openStore } from '../open.ts';
import type { Store } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';
import { adminRequestsConform } from './admin-requests.ts';
import { concurrencyConforms } from './concurrency.ts';
import { conversationsConform } from './conversations.ts';
import { deliveriesConform } from './deliveries.ts';
import { entryEventsConform } from './entry-events.ts';
import { escalationConforms } from './escalation.ts';
import { fallbackListConforms } from './fallback-list.ts';
import { fallbacksConform } from './fallbacks.ts';
import { flagConcurrencyConforms } from './flag-concurrency.ts';
import { flagsConform } from './flags.ts';
import { handOffsConform } from './hand-offs.ts';
import { onCallConforms } from './oncall.ts';
import { reportConforms } from './report.ts';
import { rolloutFiguresConform } from './rollout-figures.ts';
import { rolloutsConform } from './rollouts.ts';
import { START } from './seeds.ts';
import { tenantPlansConform } from './tenant-plans.ts';
import { tenantsConform } from './tenants.ts';
import { textsConform } from './texts.ts';
import { transactionsConform } from './transactions.ts';

/** The store of the test that runs: migrated, and otherwise empty. */
export type Fresh = () => Store;

/** What every database must do, as tests, each on one of its own. */
export function storeConformance(makeDatabase: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let store: Store;
  const open = () => openStore({ url: database.url, now: () => new Date(START) });
  beforeEach(async () => {
    database = await makeDatabase();
    store = await open();
    await store.migrations.up();
  });
  afterEach(async () => {
    await store.close();
    await database.remove();
  });

  const fresh: Fresh = () => store;
  describe('transactions', () => transactionsConform(fresh));
  describe('tenants, plans and flags', () => tenantsConform(fresh));
  describe('changes of flags', () => flagsConform(fresh));
  describe('plans of tenants', () => tenantPlansConform(fresh));
  describe('rollouts', () => rolloutsConform(fresh));
  describe('figures of rollouts', () => rolloutFiguresConform(fresh));
  describe('conversations', () => conversationsConform(fresh));
  describe('fallback entries', () => fallbacksConform(fresh));
  describe('the list of fallback entries', () => fallbackListConforms(fresh));
  describe('the report', () => reportConforms(fresh));
  describe('what happens to entries', () => entryEventsConform(fresh, open));
  describe('deliveries', () => deliveriesConform(fresh));
  describe('escalation', () => escalationConforms(fresh));
  describe('hand-offs', () => handOffsConform(fresh, open));
  describe('on call', () => onCallConforms(fresh));
  describe('texts', () => textsConform(fresh));
  describe('admin requests and audit', () => adminRequestsConform(fresh));
  describe('two daemons at once', () => concurrencyConforms(fresh, open));
  describe('flags and limits on two daemons at once', () => flagConcurrencyConforms(fresh, open));
}
