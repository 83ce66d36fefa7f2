/** Keeps what was told true, quietly: messages and incidents show the present state. */
import type { QuietChannel } from '@receptionist/core';
import type { ClaimedDelivery, Store } from '@receptionist/store';
import type { IncidentDesk, Teller } from '../notify/notifier.ts';
import type { Log } from '../observability/log.ts';
import { listed, tenantsOf } from './alerting.ts';
import type { Attempted, Transmit, Way } from './send.ts';

type Outcome = Attempted['outcome'];
type Keeper = (delivery: ClaimedDelivery, transmit: Transmit) => Promise<Outcome>;

const NO_SLACK = skipped('SLACK_BOT_TOKEN is not set any more');
const NO_DESK = skipped('PAGERDUTY_ROUTING_KEY is not set any more');
const NO_MESSAGE = skipped('there is no message of it');

export function createKeepers({
  store,
  slack,
  pagerduty,
  log,
}: {
  store: Store;
  slack: Teller | null;
  pagerduty: IncidentDesk | null;
  log: Log;
}): Readonly<Record<QuietChannel, Way>> {
  return {
    slack_update: each(
      slack ? (delivery, transmit) => update(slack, delivery, transmit) : async () => NO_SLACK,
    ),
    slack_thread: each(
      slack ? (delivery, transmit) => tellNews(slack, delivery, transmit) : async () => NO_SLACK,
    ),
    slack_notice: each((delivery, transmit) => say(delivery, transmit)),
    pagerduty_acknowledge: each(toDesk('acknowledge')),
    pagerduty_resolve: each(toDesk('resolve')),
  };

  async function update(
    teller: Teller,
    { reference, entry_id }: ClaimedDelivery,
    transmit: Transmit,
  ): Promise<Outcome> {
    const ids = reference === null ? [] : await store.read.entriesOfMessage(reference);
    const [only] = ids;
    if (reference === null || only === undefined) return NO_MESSAGE;
    if (ids.length > 1) return updateDigest(teller, { reference, ids, entry_id }, transmit);
    const told = await store.read.toldEntry(only);
    const tenant = told && (await store.read.getTenant(told.entry.tenant_id));
    if (!told || !tenant) return skipped('the entry is gone');
    const { entry, round, seq } = told;
    await transmit(() => teller.showEntry(reference, { entry, tenant, round }));
    return { status: 'sent', reference, seen: seq };
  }

  async function updateDigest(
    teller: Teller,
    { reference, ids, entry_id }: { reference: string; ids: string[]; entry_id: string | null },
    transmit: Transmit,
  ): Promise<Outcome> {
    const found = new Map((await store.read.toldEntries(ids)).map((told) => [told.entry.entry_id, told]));
    const tellings = ids.flatMap((id) => found.get(id) ?? []);
    const tenants = await tenantsOf(store, tellings);
    await transmit(() =>
      teller.showDigest(
        reference,
        tellings.map((told) => listed(told, tenants)),
      ),
    );
    return { status: 'sent', reference, seen: found.get(entry_id ?? '')?.seq ?? null };
  }

  async function tellNews(
    teller: Teller,
    { entry_id }: ClaimedDelivery,
    transmit: Transmit,
  ): Promise<Outcome> {
    const news = entry_id === null ? null : await store.read.threadNews(entry_id);
    if (entry_id === null || news === null) return NO_MESSAGE;
    const { reference, events, seq } = news;
    if (events.length > 0) await transmit(() => teller.tellThread(reference, { entry_id }, events));
    return { status: 'sent', reference, seen: seq };
  }

  async function say({ destination, text }: ClaimedDelivery, transmit: Transmit): Promise<Outcome> {
    const [kind, channel] = destination.split(/:(.*)/s);
    if (slack && kind === 'slack' && channel) {
      const { reference } = await transmit(() => slack.say(channel, text ?? ''));
      return { status: 'sent', reference, seen: null };
    }
    log.warn(text ?? '');
    return { status: 'sent', reference: null, seen: null };
  }

  function toDesk(what: 'acknowledge' | 'resolve'): Keeper {
    return async ({ entry_id, round, reference }, transmit) => {
      if (!pagerduty) return NO_DESK;
      if (entry_id === null) return skipped('it is about no entry');
      await transmit(() => pagerduty[what]({ entry_id, round }));
      return { status: 'sent', reference, seen: null };
    };
  }
}

/** What is quiet is never told together; where it is, each speaks for itself. */
function each(keep: Keeper): Way {
  return ({ deliveries }, transmit) =>
    Promise.all(
      deliveries.map(async (delivery): Promise<Attempted> => {
        const outcome = await keep(delivery, transmit).catch(
          (error): Outcome => ({ status: 'error', error }),
        );
        return { delivery, outcome };
      }),
    );
}

function skipped(why: string): Outcome {
  return { status: 'skipped', why };
}
