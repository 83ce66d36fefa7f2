/** People who call, write, file and act on entries all at once, and what they were answered. */
import { ROUTES } from '@receptionist/admin-api';
import type { Entry } from '@receptionist/core';
import type { Slack } from '@receptionist/simulator/servers';
import type { Running } from '../harness/premises.ts';
import { sleep } from '../harness/real-time.ts';
import type { Chance } from './chance.ts';
import type { AskedMove, Ledger } from './ledger.ts';

/** Acts of one round, none of which begins later than this. */
const CALLS = 3;
const TEXTS = 2;
const BY_HAND = 2;
const MOVES = 4;
const PRESSES = 2;
const LATEST_START_MS = 150;

export interface Traffic {
  /** Some of `entries` are acted on. Resolves when everybody was answered, or cannot be any more. */
  flow(daemon: Running, entries: readonly Entry[]): Promise<void>;
}

export function createTraffic({
  chance,
  ledger,
  slack,
}: {
  chance: Chance;
  ledger: Ledger;
  slack: Slack;
}): Traffic {
  let people = 0;

  /** Of nobody else: it tells the entry. */
  function newCaller(): string {
    const caller = `+1415${2_000_000 + people++}`;
    ledger.asked.add(caller);
    return caller;
  }

  async function call(daemon: Running): Promise<void> {
    const caller = newCaller();
    const call = await daemon.ring(caller);
    const heard = await call.say('I need to talk to a person');
    if (heard.join(' ').includes('alerting our team')) ledger.promised.add(caller);
  }

  async function text(daemon: Running): Promise<void> {
    const caller = newCaller();
    const [answer = ''] = await daemon.text(caller).send('PERSON');
    if (answer.includes('someone will call you back')) ledger.promised.add(caller);
  }

  async function fileByHand(daemon: Running): Promise<void> {
    const caller = newCaller();
    const params = { tenant_id: 't1' };
    await daemon.admin.call(ROUTES.createEscalation, { params, body: { caller, reason: 'complaint' } });
    ledger.promised.add(caller);
  }

  async function move(daemon: Running, { entry_id }: Entry): Promise<void> {
    const action = chance.pick(['acknowledged', 'engaged', 'resolved'] as const);
    const asked = note({ entry_id, actor: `mover-${people++}`, action });
    const admin = daemon.adminAs(asked.actor);
    const params = { entry_id };
    if (action === 'acknowledged') await admin.call(ROUTES.acknowledgeEntry, { params });
    if (action === 'engaged') await admin.call(ROUTES.engageEntry, { params, body: { how: 'called back' } });
    if (action === 'resolved') await admin.call(ROUTES.resolveEntry, { params, body: { notes: 'done' } });
    asked.answered = 'done';
  }

  function note(move: Omit<AskedMove, 'answered'>): AskedMove {
    const asked: AskedMove = { ...move, answered: 'no' };
    ledger.moves.push(asked);
    return asked;
  }

  /** Slack is answered 200 also where somebody else was faster, and a kill may keep the words that say so. */
  async function press(): Promise<void> {
    const message = chance.pick([slack.posts[0], ...slack.posts.slice(-5)]);
    const button = message?.buttons.find(({ action_id }) => action_id === 'acknowledge');
    if (!message || !button?.value) return;
    const id = `U${String(people++).padStart(8, '0')}`;
    const asked = note({ entry_id: button.value, actor: `slack:${id}`, action: 'acknowledged' });
    const { status } = await slack.press({
      user: { id, name: id },
      message,
      action: 'acknowledge',
      value: button.value,
    });
    asked.answered = status === 200 ? 'taken_by_somebody' : 'no';
  }

  return {
    async flow(daemon, entries) {
      const untouched = [...entries];
      const acts = [
        ...Array.from({ length: CALLS }, () => call),
        ...Array.from({ length: TEXTS }, () => text),
        ...Array.from({ length: BY_HAND }, () => fileByHand),
        ...Array.from({ length: PRESSES }, () => press),
        ...Array.from({ length: Math.min(MOVES, entries.length) }, () => {
          const [entry] = untouched.splice(chance.below(untouched.length), 1);
          return (daemon: Running) => move(daemon, entry as Entry);
        }),
      ];
      await Promise.allSettled(
        acts.map(async (act) => {
          await sleep(chance.below(LATEST_START_MS));
          await act(daemon);
        }),
      );
    },
  };
}
