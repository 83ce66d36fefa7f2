/**
 * What is said and done on a phone that is rung for a caller: 1 takes the call, 2 declines it. Whoever presses nothing is a
 * mailbox. Whoever comes too late hears why, and may call back where they had asked for this caller.
 */
import type { EntryWithHistory, HandOff, HandOffNews, Leg, LegOutcome, Tenant } from '@receptionist/core';
import type { ReadVerbs, Store } from '@receptionist/store';
import { isForeign } from '../conversation/turns.ts';
import { spokenCall } from '../notify/phone-words.ts';
import type { Log } from '../observability/log.ts';
import type { CallBack, EndedLeg, LegCall, LegReply, LegTurn } from '../webhooks/hand-off-line.ts';
import { DEFAULT_VOICE, TURN_DEADLINE_MS } from '../webhooks/telephony.ts';
import { within } from '../within.ts';
import type { TellHandOff } from './news.ts';
import { roomOf } from './room.ts';

/** Then whoever listens is a mailbox. */
const TIMES_ASKED = 3;

const CHOICES: Readonly<Record<LegCall['offer'], string>> = {
  caller: 'Press 1 to take the call, 2 to decline.',
  call_back: 'Press 1 to call them back, 2 to leave it.',
};
const CALLER_LEFT = 'The caller has hung up.';
const GOODBYE = 'Goodbye.';

const UNKNOWN = farewell(['This call is about nothing that is known here.', GOODBYE]);
const APOLOGY = farewell(['I am sorry, something went wrong on our side.', GOODBYE]);

/** Why there is nothing left to press for. */
const TOO_LATE: Partial<Record<LegOutcome, string>> = {
  taken: 'Somebody else has taken the call.',
  caller_left: CALLER_LEFT,
};

const CALLED_BACK: Readonly<Record<CallBack['outcome'], string>> = {
  answered: 'The call has ended.',
  busy: 'Their line is busy.',
  no_answer: 'They do not answer.',
  failed: 'They could not be reached.',
};

export interface Legs {
  /** `turn` null: it is not known which leg it is. Whatever goes wrong inside, the person hears a sentence. */
  takeTurn(turn: LegTurn | null): Promise<LegReply>;
  /** The line is down. */
  end(ended: EndedLeg): Promise<void>;
  /** The caller, rung from a leg, answered or did not. */
  hearCallBack(callBack: CallBack): Promise<void>;
  /** What whoever called back hears then. */
  endCallBack(callBack: CallBack | null): Promise<LegReply>;
  /** Of whoever was in the room when it ended. */
  leaveRoom(leg: LegTurn | null): Promise<LegReply>;
}

/** A leg, with all that is said of it. */
interface Rung {
  handOff: HandOff;
  leg: Leg;
  tenant: Tenant;
}

export function createLegs({
  store,
  tell,
  log,
}: {
  store: Pick<Store, 'read'>;
  tell: TellHandOff;
  log: Log;
}): Legs {
  return {
    takeTurn: (turn) => apologising(turn?.leg_id, () => answer(turn)),
    async end({ how, ...ended }) {
      const rung = await findLeg(store.read, ended);
      if (rung) await hear(rung, { news: 'leg_ended', leg_id: ended.leg_id, how });
    },
    hearCallBack,
    endCallBack: (callBack) =>
      apologising(callBack?.leg_id, async () => {
        if (callBack === null) return UNKNOWN;
        await hearCallBack(callBack);
        return say(await findLeg(store.read, callBack), [CALLED_BACK[callBack.outcome], GOODBYE]);
      }),
    leaveRoom: (turn) =>
      apologising(turn?.leg_id, async () =>
        say(turn && (await findLeg(store.read, turn)), ['The call has ended.', GOODBYE]),
      ),
  };

  async function hearCallBack({ outcome, ...callBack }: CallBack): Promise<void> {
    const rung = await findLeg(store.read, callBack);
    if (rung) await hear(rung, { news: 'called_back', leg_id: callBack.leg_id, outcome });
  }

  async function apologising(leg_id: string | undefined, work: () => Promise<LegReply>): Promise<LegReply> {
    try {
      return await within(TURN_DEADLINE_MS, work());
    } catch (error) {
      log.error({ error, leg_id }, 'a call to a person could not go on; they heard an apology');
      return APOLOGY;
    }
  }

  async function answer(turn: LegTurn | null): Promise<LegReply> {
    const rung = turn && (await findLeg(store.read, turn));
    if (!turn || !rung) return UNKNOWN;
    const { leg_id } = turn;
    switch (turn.answer) {
      case 'take':
        return take(rung, turn);
      case 'decline':
        await hear(rung, { news: 'declined', leg_id });
        return say(rung, ['All right.', GOODBYE]);
      case 'unknown':
        return ask(rung, [], turn);
      case 'nothing':
        return summarise(await pickedUp(rung, turn), turn);
    }
  }

  /** The first request of a leg says that somebody or something is there. */
  async function pickedUp(rung: Rung, { leg_id, provider_id, said }: LegTurn): Promise<Rung> {
    return said === 0 ? hear(rung, { news: 'answered', leg_id, provider_id }) : rung;
  }

  async function summarise(rung: Rung, turn: LegTurn): Promise<LegReply> {
    const tooLate = whyTooLate(rung);
    if (tooLate) return tooLate;
    if (turn.said >= TIMES_ASKED) {
      await hear(rung, { news: 'nobody_pressed', leg_id: turn.leg_id });
      return say(rung, [GOODBYE]);
    }
    const words = spokenCall({ ...rung, caller: rung.handOff.caller, entry: await entryOf(rung) });
    return ask(rung, words, { ...turn, said: turn.said + 1 });
  }

  async function take(rung: Rung, turn: LegTurn): Promise<LegReply> {
    // They have not been asked yet whether they want to call back.
    if (turn.offer === 'caller' && isLeft(rung)) return whyTooLate(rung) ?? ask(rung, [], turn);
    const taken = await hear(rung, { news: 'accepted', leg_id: turn.leg_id });
    const { handOff, leg } = taken;
    if (leg.state === 'calling_back' && handOff.caller !== null)
      return say(taken, ['I am calling them now.'], {
        action: 'call_back',
        leg_id: leg.leg_id,
        caller: handOff.caller,
        number: handOff.number,
      });
    if (leg.state !== 'accepted' || handOff.call_id === null)
      return whyTooLate(taken) ?? say(taken, [GOODBYE]);
    const room = roomOf({ tenant_id: handOff.tenant_id, provider_id: handOff.call_id });
    const words = handOff.place === 'talking' ? 'One moment, I am fetching the caller.' : 'Connecting you.';
    return say(taken, [words], { action: 'join', leg_id: leg.leg_id, room });
  }

  async function hear(rung: Rung, news: HandOffNews): Promise<Rung> {
    const handOff = await tell(rung.handOff.hand_off_id, news);
    const leg = handOff?.legs.find(({ leg_id }) => leg_id === rung.leg.leg_id);
    return handOff && leg ? { ...rung, handOff, leg } : rung;
  }

  async function entryOf({ handOff: { entry_id } }: Rung): Promise<EntryWithHistory | null> {
    return entry_id === null ? null : store.read.getEntry(entry_id);
  }
}

async function findLeg(
  read: ReadVerbs,
  { leg_id, account_id }: Pick<LegTurn, 'leg_id' | 'account_id'>,
): Promise<Rung | null> {
  const handOff = await read.handOffOfLeg(leg_id);
  const leg = handOff?.legs.find((each) => each.leg_id === leg_id);
  const tenant = handOff && (await read.getTenant(handOff.tenant_id));
  return handOff && leg && tenant && !isForeign(tenant, account_id) ? { handOff, leg, tenant } : null;
}

/** Null: they are not. */
function whyTooLate(rung: Rung): LegReply | null {
  const words = TOO_LATE[rung.leg.outcome ?? 'accepted'];
  return words === undefined ? null : say(rung, [words, GOODBYE]);
}

function isLeft({ handOff }: Rung): boolean {
  return handOff.place === 'left';
}

/** What 1 does is what it does now. */
function ask(rung: Rung, words: string[], { leg_id, said }: LegCall): LegReply {
  const offer = isLeft(rung) ? 'call_back' : 'caller';
  const situation = isLeft(rung) ? [CALLER_LEFT] : [];
  return say(rung, [...words, ...situation, CHOICES[offer]], {
    action: 'ask',
    call: { leg_id, said, offer },
  });
}

function say(rung: Rung | null, words: string[], next: LegReply['next'] = null): LegReply {
  return { say: words, voice: rung?.tenant.voice ?? DEFAULT_VOICE, next };
}

function farewell(words: string[]): LegReply {
  return say(null, words);
}
