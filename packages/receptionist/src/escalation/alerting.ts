/** An alert is looked at again just before it leaves: who took the entry meanwhile must not be paged for it. */
import { type Instant, type OnCall, onCallFor, type Person, type Tenant } from '@receptionist/core';
import type { ClaimedDelivery, ClaimedSend, Store, Told } from '@receptionist/store';
import { type Alert, type Alerter, type ListedEntry, NotifyError, takenAt } from '../notify/notifier.ts';
import type { Attempted, Way } from './send.ts';

/** Null: not configured (any more). */
export function alertThrough(alerter: Alerter | null, store: Store): Way {
  return async (claimed, transmit) => {
    const { skipped, left } = await lookAgain(store, claimed);
    const [leader, ...others] = left;
    if (!leader) return skipped;
    try {
      if (!alerter)
        throw new NotifyError(`${leader.delivery.channel} is not configured any more`, { retryable: false });
      const alert = await prepare(store, [leader, ...others], claimed);
      const { reference } = await transmit(() => alerter.alert(alert));
      const told = left.map(({ delivery, told: { seq: seen } }, index) => ({
        delivery,
        outcome: { status: index === 0 ? ('sent' as const) : ('grouped' as const), reference, seen },
      }));
      return [...skipped, ...told];
    } catch (error) {
      const failed = left.map(({ delivery }) => ({ delivery, outcome: { status: 'error' as const, error } }));
      return [...skipped, ...failed];
    }
  };
}

/** Still to be told. */
interface Left {
  delivery: ClaimedDelivery;
  told: Told;
  /** Somebody has it, and the channel does not know of it yet. */
  late: boolean;
}

/** Each alone, whatever becomes of the others it would be told with. Whom it still concerns first, who only catches up last. */
async function lookAgain(
  store: Store,
  { deliveries }: ClaimedSend,
): Promise<{ skipped: Attempted[]; left: Left[] }> {
  const tellings = await store.read.toldEntries(deliveries.flatMap(({ entry_id }) => entry_id ?? []));
  const toldOf = new Map(tellings.map((told) => [told.entry.entry_id, told]));
  const skipped: Attempted[] = [];
  const left: Left[] = [];
  for (const delivery of deliveries) {
    const told = toldOf.get(delivery.entry_id ?? '');
    const why = reasonToSkip(delivery, told);
    if (told && why === null) left.push({ delivery, told, late: isTaken(told) });
    else skipped.push({ delivery, outcome: { status: 'skipped', why: why ?? GONE } });
  }
  return { skipped, left: left.sort((a, b) => Number(a.late) - Number(b.late)) };
}

const GONE = 'the entry is gone';

function reasonToSkip(delivery: ClaimedDelivery, told: Told | undefined): string | null {
  if (!told) return GONE;
  const { entry, round } = told;
  if (entry.status === 'resolved') return 'the entry is resolved';
  if (delivery.round < round) return 'a later alert tells it';
  return isTaken(told) && !mustCatchUp(delivery) ? `the entry is ${entry.status}` : null;
}

function isTaken({ entry, round_at }: Told): boolean {
  return takenAt(entry, round_at) !== null;
}

/** Slack was away when it should have been told: it learns of the present state, and no one is called to it. */
function mustCatchUp({ channel, attempts, unclear }: ClaimedDelivery): boolean {
  return (channel === 'slack' || channel === 'slack_mention') && (attempts > 0 || unclear);
}

async function prepare(
  store: Store,
  [leader, ...others]: [Left, ...Left[]],
  { mention }: ClaimedSend,
): Promise<Alert> {
  const { delivery, late } = leader;
  const all = [leader, ...others];
  const mentions = mention && !late && all.some(({ delivery: { channel } }) => channel === 'slack_mention');
  const [told, tenants, onCall, now] = await Promise.all([
    store.read.toldEntry(leader.told.entry.entry_id),
    tenantsOf(
      store,
      all.map(({ told }) => told),
    ),
    mentions || delivery.person !== null ? store.read.getOnCall() : null,
    mentions ? store.now() : '',
  ]);
  if (!told) throw new NotifyError(GONE, { retryable: true });
  return {
    delivery_id: delivery.delivery_id,
    mayHaveArrived: delivery.unclear,
    told: { entry: told.entry, tenant: tenants.get(told.entry.tenant_id) as Tenant, round: told.round },
    others: others.map(({ told: { entry, round } }) => listed({ entry, round }, tenants)),
    mention: mentions && onCall ? whomToMention(onCall, all, now) : null,
    person: onCall?.people.find(({ user }) => user === delivery.person) ?? null,
    late,
  };
}

export function listed(
  { entry, round }: Pick<Told, 'entry' | 'round'>,
  tenants: ReadonlyMap<string, Tenant>,
): ListedEntry {
  return { entry, round, tenant: tenants.get(entry.tenant_id)?.name ?? entry.tenant_id };
}

export async function tenantsOf(
  store: Store,
  tellings: readonly Pick<Told, 'entry'>[],
): Promise<Map<string, Tenant>> {
  const ids = new Set(tellings.map(({ entry }) => entry.tenant_id));
  const tenants = await Promise.all([...ids].map((tenant_id) => store.read.getTenant(tenant_id)));
  return new Map(tenants.flatMap((tenant) => (tenant ? [[tenant.tenant_id, tenant]] : [])));
}

function whomToMention(onCall: OnCall, left: readonly Left[], now: Instant): Person[] | 'here' {
  const tenants = new Set(left.map(({ told: { entry } }) => entry.tenant_id));
  const people = [...tenants].flatMap((tenant_id) => onCallFor(onCall, tenant_id, now));
  const inSlack = new Map(
    people.flatMap((person) => (person.slack_user_id === null ? [] : [[person.user, person]])),
  );
  return inSlack.size > 0 ? [...inSlack.values()] : 'here';
}
