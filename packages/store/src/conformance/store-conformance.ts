import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../store.ts';
import { adminRequestsConform } from './admin-requests.ts';
import { conversationsConform } from './conversations.ts';
import { deliveriesConform } from './deliveries.ts';
import { fallbackListConforms } from './fallback-list.ts';
import { fallbacksConform } from './fallbacks.ts';
import { tenantsConform } from './tenants.ts';
import { transactionsConform } from './transactions.ts';

/** The store of the test that runs: migrated, and otherwise empty. */
export type Fresh = () => Store;

/** What every database must do, as tests; `openFresh` makes a migrated store that nobody else uses. */
export function storeConformance(openFresh: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await openFresh();
  });
  afterEach(() => store.close());

  const fresh: Fresh = () => store;
  describe('transactions', () => transactionsConform(fresh));
  describe('tenants, plans and flags', () => tenantsConform(fresh));
  describe('conversations', () => conversationsConform(fresh));
  describe('fallback entries', () => fallbacksConform(fresh));
  describe('the list of fallback entries', () => fallbackListConforms(fresh));
  describe('deliveries', () => deliveriesConform(fresh));
  describe('admin requests and audit', () => adminRequestsConform(fresh));
}
