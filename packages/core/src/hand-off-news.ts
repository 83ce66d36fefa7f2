/** What becomes of a hand-off when something is heard of it. News that is late or doubled changes nothing. */
import type { Move } from './fallback.ts';
import type { HandOff, HandOffNews, Leg, LegOutcome, NewLeg } from './hand-off.ts';
import { canCallBack, isInFlight, isUnclear, whyUnwanted } from './hand-off-legs.ts';
import type { Instant } from './tenant.ts';

/** A line of the entry's timeline, its action being `transfer`. `by`: whose phone it was that acted; null: ourselves. */
export interface TransferEvent {
  by: Leg | null;
  detail: string;
}

export interface AfterNews {
  handOff: HandOff;
  timeline: TransferEvent[];
  /** What whoever has this phone does to the entry, where its state allows that. */
  entry: { by: Leg; move: Extract<Move, { move: 'acknowledge' | 'engage' }> } | null;
}

type News<Name extends HandOffNews['news']> = Extract<HandOffNews, { news: Name }>;
type LegNews = Extract<HandOffNews, { leg_id: string }>;

export function afterNews(handOff: HandOff, news: HandOffNews, now: Instant): AfterNews {
  switch (news.news) {
    case 'caller_waits':
      return handOff.place === 'talking' ? silently(inPlace(handOff, 'waiting', now)) : silently(handOff);
    case 'caller_returned':
      return callerReturned(handOff, now);
    case 'caller_left':
      return callerLeft(handOff, now);
    case 'join':
      return join(handOff, news.leg, now);
    default: {
      const leg = handOff.legs.find(({ leg_id }) => leg_id === news.leg_id);
      return leg ? afterLegNews(handOff, leg, news, now) : silently(handOff);
    }
  }
}

function afterLegNews(handOff: HandOff, leg: Leg, news: LegNews, now: Instant): AfterNews {
  switch (news.news) {
    case 'placed':
      return rings(handOff, leg, news, now);
    case 'not_placed':
      return leg.state === 'placing' ? ends(handOff, leg, 'failed', now, `, ${news.why}`) : silently(handOff);
    case 'answered':
      return answered(handOff, leg, news, now);
    case 'accepted':
      return accepted(handOff, leg, now);
    case 'declined':
      return isInFlight(leg) ? ends(handOff, leg, 'declined', now) : silently(handOff);
    case 'nobody_pressed':
      return isInFlight(leg) ? ends(handOff, leg, 'voicemail', now) : silently(handOff);
    case 'leg_ended':
      return legEnded(handOff, leg, news, now);
    case 'bridged':
      return bridged(handOff, leg, now);
    case 'called_back':
      return calledBack(handOff, leg, news, now);
    case 'overdue':
      return overdue(handOff, leg, now);
  }
}

/** Its line is up, or may be, for the first time that we hear of it. */
function rings(
  handOff: HandOff,
  leg: Leg,
  { provider_id }: News<'placed' | 'answered'>,
  now: Instant,
): AfterNews {
  if (leg.state !== 'placing' && !isUnclear(leg)) {
    return leg.provider_id === null
      ? silently(withLeg(handOff, leg, { provider_id }, now))
      : silently(handOff);
  }
  const outcome = leg.state === 'placing' ? leg.outcome : whyUnwanted(handOff, leg);
  const ringing = withLeg(handOff, leg, { state: 'ringing', outcome, provider_id }, now);
  const by = leg.person === null ? null : leg;
  return { ...silently(ringing), timeline: outcome === null ? [line(handOff, 'ringing', leg, by)] : [] };
}

function answered(handOff: HandOff, leg: Leg, news: News<'answered'>, now: Instant): AfterNews {
  const heard = rings(handOff, leg, news, now);
  const present = legOf(heard.handOff, leg);
  if (present.state === 'ringing') {
    return { ...heard, handOff: withLeg(heard.handOff, present, { state: 'asked' }, now) };
  }
  return handOff.place === 'left' && leg.state === 'accepted'
    ? askWhetherToCallBack(handOff, leg, now)
    : heard;
}

/** Whoever waited in the room has been told that the caller has gone. */
function askWhetherToCallBack(handOff: HandOff, leg: Leg, now: Instant): AfterNews {
  const changes = canCallBack(handOff, leg)
    ? ({ state: 'asked', outcome: null } as const)
    : ({ state: 'ended', outcome: 'caller_left' } as const);
  return silently(withLeg(handOff, leg, changes, now));
}

function accepted(handOff: HandOff, leg: Leg, now: Instant): AfterNews {
  if (!isInFlight(leg) && !isUnclear(leg)) return silently(handOff);
  const unwanted = whyUnwanted(handOff, leg);
  if (unwanted) return ends(handOff, { ...leg, outcome: null }, unwanted, now);
  const state = handOff.place === 'left' ? 'calling_back' : 'accepted';
  const taken = withLeg(handOff, leg, { state, outcome: 'accepted' }, now);
  // Those that are due are kept: should this one not reach the caller, they are rung.
  const others = decide(taken, taken.legs.filter(isInFlight), 'taken', now);
  return {
    handOff: others.handOff,
    timeline: [line(handOff, 'accepted', leg, leg), ...others.timeline],
    entry: { by: leg, move: { move: 'acknowledge' } },
  };
}

function legEnded(handOff: HandOff, leg: Leg, { how }: News<'leg_ended'>, now: Instant): AfterNews {
  switch (leg.state) {
    case 'placing':
    case 'ringing':
    case 'asked':
      return ends(handOff, leg, how === 'hung_up' ? 'declined' : how, now);
    case 'accepted':
      return acceptedEnded(handOff, leg, now);
    // What became of that call is told by `called_back`, which may come later.
    case 'calling_back':
    case 'due':
    case 'ended':
      return silently(handOff);
  }
}

function acceptedEnded(handOff: HandOff, leg: Leg, now: Instant): AfterNews {
  if (handOff.place === 'bridged') {
    // The room ends with it, and the caller returns by themselves, or is returned.
    return silently(inPlace(withLeg(handOff, leg, { state: 'ended' }, now), 'waiting', now));
  }
  if (handOff.place === 'left') {
    return silently(withLeg(handOff, leg, { state: 'ended', outcome: 'caller_left' }, now));
  }
  return ends(handOff, { ...leg, outcome: null }, 'declined', now);
}

function bridged(handOff: HandOff, leg: Leg, now: Instant): AfterNews {
  if (leg.state !== 'accepted' || (handOff.place !== 'waiting' && handOff.place !== 'talking')) {
    return silently(handOff);
  }
  const others = decide(handOff, handOff.legs.filter(isUndecided), 'taken', now);
  return {
    handOff: inPlace(others.handOff, 'bridged', now),
    timeline: [line(handOff, 'bridged', leg, leg), ...others.timeline],
    entry: { by: leg, move: { move: 'engage', how: 'live call' } },
  };
}

function calledBack(handOff: HandOff, leg: Leg, { outcome }: News<'called_back'>, now: Instant): AfterNews {
  if (leg.state !== 'calling_back') return silently(handOff);
  const how = outcome === 'answered' ? '' : `, ${IN_WORDS[outcome]}`;
  return {
    handOff: withLeg(handOff, leg, { state: 'ended' }, now),
    timeline: [line(handOff, 'called_back', leg, leg, how)],
    entry: outcome === 'answered' ? { by: leg, move: { move: 'engage', how: 'called back' } } : null,
  };
}

function overdue(handOff: HandOff, leg: Leg, now: Instant): AfterNews {
  switch (leg.state) {
    case 'placing':
      return ends(handOff, leg, 'failed', now, ', it is not known whether it rang');
    case 'ringing':
      return decide(handOff, [leg].filter(isInFlight), 'no_answer', now);
    case 'asked':
      return decide(handOff, [leg].filter(isInFlight), 'voicemail', now);
    case 'calling_back':
      return silently(withLeg(handOff, leg, { state: 'ended' }, now));
    case 'accepted':
    case 'due':
    case 'ended':
      return silently(handOff);
  }
}

function callerReturned(handOff: HandOff, now: Instant): AfterNews {
  if (handOff.place !== 'waiting' && handOff.place !== 'bridged') return silently(handOff);
  const { handOff: after } = decide(handOff, handOff.legs.filter(isDueOfTenant), 'caller_left', now);
  const nobody = !after.legs.some((leg) => leg.outcome === 'accepted' || isInFlight(leg));
  return {
    ...silently(inPlace(spokenTo(after, now), 'talking', now)),
    timeline: nobody ? [{ by: null, detail: 'nobody could be reached' }] : [],
  };
}

function isDueOfTenant({ state, person }: Leg): boolean {
  return state === 'due' && person === null;
}

/** The conversation in the room is over with the caller's going, if there was one; news of its leg may come or not. */
function spokenTo(handOff: HandOff, now: Instant): HandOff {
  if (handOff.place !== 'bridged') return handOff;
  const [leg] = handOff.legs.filter(({ state }) => state === 'accepted');
  return leg ? withLeg(handOff, leg, { state: 'ended' }, now) : handOff;
}

function callerLeft(handOff: HandOff, now: Instant): AfterNews {
  if (handOff.place === 'left') return silently(handOff);
  const left = inPlace(spokenTo(handOff, now), 'left', now);
  const inVain = left.legs.filter((leg) => isUndecided(leg) && !canCallBack(left, leg));
  const { handOff: after, timeline } = decide(left, inVain, 'caller_left', now);
  const waited = left.legs.filter(({ state }) => state === 'accepted');
  return {
    ...silently(after),
    timeline: [...timeline, ...waited.map((leg) => line(handOff, 'caller_left', leg))],
  };
}

/** The same person's phone that is rung already is not rung twice. */
function join(handOff: HandOff, asked: NewLeg, now: Instant): AfterNews {
  const isRung = handOff.legs.some(
    (leg) =>
      leg.leg_id === asked.leg_id ||
      (leg.person === asked.person &&
        leg.phone === asked.phone &&
        (isUndecided(leg) || leg.state === 'accepted')),
  );
  return isRung ? silently(handOff) : silently(withLegs(handOff, [asked], now));
}

/** With more phones to be rung, after those that there are. */
export function withLegs(handOff: HandOff, added: readonly NewLeg[], now: Instant): HandOff {
  const fresh = { state: 'due', outcome: null, provider_id: null, since: now } as const;
  return { ...handOff, legs: [...handOff.legs, ...added.map((leg): Leg => ({ ...leg, ...fresh }))] };
}

/** Its line is down, or was never up. What was decided before stays. */
function ends(handOff: HandOff, leg: Leg, outcome: LegOutcome, now: Instant, why = ''): AfterNews {
  const decided = leg.outcome ?? outcome;
  const by = outcome === 'declined' ? leg : null;
  return {
    ...silently(withLeg(handOff, leg, { state: 'ended', outcome: decided }, now)),
    timeline: leg.outcome === null ? [line(handOff, decided, leg, by, why)] : [],
  };
}

/** Nobody needs them any more. Those that were not rung yet end; of the others the line is hung up, and the timeline tells. */
function decide(handOff: HandOff, legs: readonly Leg[], outcome: LegOutcome, now: Instant): AfterNews {
  const decided = new Set(legs);
  const after = handOff.legs.map((leg) => {
    if (!decided.has(leg)) return leg;
    return changed(leg, leg.state === 'due' ? { state: 'ended', outcome } : { outcome }, now);
  });
  return {
    ...silently({ ...handOff, legs: after }),
    timeline: legs.filter(isInFlight).map((leg) => line(handOff, outcome, leg)),
  };
}

function isUndecided({ outcome }: Leg): boolean {
  return outcome === null;
}

function legOf({ legs }: HandOff, { leg_id }: Leg): Leg {
  return legs.find((leg) => leg.leg_id === leg_id) as Leg;
}

function withLeg(handOff: HandOff, { leg_id }: Leg, changes: Partial<Leg>, now: Instant): HandOff {
  const legs = handOff.legs.map((leg) => (leg.leg_id === leg_id ? changed(leg, changes, now) : leg));
  return { ...handOff, legs };
}

function changed(leg: Leg, changes: Partial<Leg>, now: Instant): Leg {
  const isSame = (changes.state ?? leg.state) === leg.state;
  return { ...leg, ...changes, since: isSame ? leg.since : now };
}

function inPlace(handOff: HandOff, place: HandOff['place'], now: Instant): HandOff {
  return { ...handOff, place, place_since: now };
}

/** Nothing is told, and maybe nothing has changed. */
function silently(handOff: HandOff): AfterNews {
  return { handOff, timeline: [], entry: null };
}

type Word = LegOutcome | 'ringing' | 'bridged' | 'called_back';

/** Words that scripts look for: a detail begins with one of them. */
const IN_WORDS: Readonly<Record<Word, string>> = {
  ringing: 'ringing',
  accepted: 'accepted',
  declined: 'declined',
  voicemail: 'voicemail',
  busy: 'busy',
  no_answer: 'no answer',
  failed: 'failed',
  caller_left: 'caller left',
  taken: 'taken by another',
  bridged: 'bridged',
  called_back: 'called back',
};

function line(handOff: HandOff, word: Word, leg: Leg, by: Leg | null = null, more = ''): TransferEvent {
  return { by, detail: `${IN_WORDS[word]}: ${leg.phone}${numbered(handOff, leg)}${more}` };
}

/** ` (1 of 2)`: its place among the tenant's phones, where there are several. */
function numbered({ legs }: HandOff, { leg_id, person }: Leg): string {
  const phones = legs.filter((leg) => leg.person === null);
  if (person !== null || phones.length < 2) return '';
  return ` (${phones.findIndex((leg) => leg.leg_id === leg_id) + 1} of ${phones.length})`;
}
