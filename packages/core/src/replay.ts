/**
 * A conversation that took place, taken again turn by turn by today's receptionist: what was heard then, and what is to be
 * said of the outcome now. Who asks models and reads the store stands elsewhere.
 */
import type { Decision, Escalation, Heard, Medium, Step } from './conversation.ts';
import type { Channel, Reason, Utterance } from './fallback.ts';
import type { FlagEvaluation } from './flags.ts';
import type { Instant, Tenant } from './tenant.ts';
import { phraseHeard } from './tenant-phrases.ts';
import { keywordOf } from './texts.ts';

/** A turn as it was recorded. */
export interface PastTurn {
  /** From 1. */
  turn: number;
  at: Instant;
  /** Null where nothing was: somebody arrived, or said nothing. */
  heard: Utterance | null;
  /** Empty where a carrier answered in our place. */
  said: string;
  intent: string | null;
  decision: string | null;
}

/** What is kept of a conversation: the caller's words carry what they were taken for, ours what was decided. */
export type KeptUtterance = Utterance & Pick<PastTurn, 'intent' | 'decision'>;

/** Both sides of a turn have the same time. */
export function pastTurns(kept: readonly KeptUtterance[]): PastTurn[] {
  const turns: PastTurn[] = [];
  for (const { speaker, text, at, confidence, intent, decision } of kept) {
    const open = turns.at(-1);
    if (speaker === 'caller') {
      const heard = { speaker, text, at, ...(confidence === undefined ? {} : { confidence }) };
      turns.push({ turn: turns.length + 1, at, heard, said: '', intent, decision: null });
    } else if (open?.at === at && open.said === '') {
      turns[turns.length - 1] = { ...open, said: text, decision };
    } else {
      turns.push({ turn: turns.length + 1, at, heard: null, said: text, intent: null, decision });
    }
  }
  return turns;
}

/** Where a turn stood in its conversation. */
export interface Place {
  channel: Channel;
  /** What was done before it, in the replay; null at the beginning. */
  before: Step['next'] | null;
  /** Whether the caller had spoken with a person whom they were put through to. */
  bridged: boolean;
}

/** What reached us then, read back from what was kept of it. */
export function heardAgain({ heard, said }: PastTurn, place: Place): Heard {
  if (!heard) return withoutWords(place);
  const { text, confidence = null } = heard;
  if (place.channel !== 'voice') return textAgain(text, said);
  const [, digits] = /^\[pressed (.*)\]$/.exec(text) ?? [];
  if (digits !== undefined) return { kind: 'keys', digits };
  const [recorded, seconds] = /^\[left a recorded message(?: of (\d+) seconds?)?\]$/.exec(text) ?? [];
  if (recorded) return { kind: 'recorded', duration_s: seconds === undefined ? null : Number(seconds) };
  return { kind: 'speech', text, confidence };
}

function withoutWords({ channel, before, bridged }: Place): Heard {
  if (before === 'hand_off') return { kind: 'handed_back', bridged };
  return before === null && channel === 'voice' ? { kind: 'arrived' } : { kind: 'silence' };
}

const MEDIUM = /\[(?:photo|video|voice message|file) (\S+) (\S+)\]/g;

function textAgain(whole: string, said: string): Heard {
  const media: Medium[] = [...whole.matchAll(MEDIUM)].map(([, content_type = '', url = '']) => ({
    content_type,
    url,
  }));
  const text = whole.replace(MEDIUM, '').trim();
  const keyword = keywordOf(text, { optedOut: false });
  return keyword && media.length === 0
    ? { kind: 'keyword', keyword, text, answered: said === '' }
    : { kind: 'text', text, media };
}

/** What the receptionist does in a turn today. */
export interface PresentTurn {
  said: string;
  intent: string | null;
  decision: Decision;
  /** Why a person is told in this turn, or null. */
  reason: Reason | null;
  /** In the caller's words, what that is about. */
  detail: string | null;
  /** It hangs up. */
  ends: boolean;
  /** A language model answered, which may say it otherwise another time. */
  by_model: boolean;
}

export interface ReplayedTurn {
  turn: number;
  at: Instant;
  /** The caller's words, or null where there were none. */
  heard: string | null;
  was: Pick<PastTurn, 'said' | 'intent' | 'decision'>;
  /** Null where the conversation is over today. */
  now: PresentTurn | null;
  same: boolean;
}

/** When a person is told, and why; `turn` is null where that is when the caller goes. */
export interface ToldAt {
  turn: number | null;
  reason: Reason;
}

export interface Replay {
  /** Null where a replay cannot tell. */
  would_escalate: boolean | null;
  /** In a sentence or two, for the person who asked. */
  why: string;
  was: ToldAt;
  /** The first time that a person is told today, or null. */
  now: ToldAt | null;
  turns: ReplayedTurn[];
}

/** `taken` is null where the conversation is over today. */
export function replayedTurn(
  { turn, at, heard, said, intent, decision }: PastTurn,
  taken: { step: Step; said: string; by_model: boolean } | null,
): ReplayedTurn {
  const now = taken && presentTurn(taken);
  const same = now?.said === said && now.decision === decision;
  return { turn, at, heard: heard?.text ?? null, was: { said, intent, decision }, now, same };
}

function presentTurn({
  step: { understanding, decision, escalate, next },
  said,
  by_model,
}: {
  step: Step;
  said: string;
  by_model: boolean;
}): PresentTurn {
  const intent = understanding?.intent ?? null;
  const { reason = null, reason_detail: detail = null } = escalate ?? {};
  return { said, intent, decision, reason, detail, ends: next === 'hang_up', by_model };
}

/** A conversation that was taken again to its end. */
export interface Retaken {
  /** Of the entry that it led to. */
  reason: Reason;
  turns: ReplayedTurn[];
  /** What is told when the caller goes, because they had begun to say it. */
  onLeaving: Escalation | null;
  tenant: Tenant;
  flags: readonly FlagEvaluation[];
}

/** Whether a person is needed today, and why. */
export function concludeReplay({ reason, turns, onLeaving, tenant, flags }: Retaken): Replay {
  const toldThen = turns.find(({ was }) => was.decision === 'escalate');
  const toldNow = turns.find(({ now }) => now?.reason);
  const was = { turn: toldThen?.turn ?? null, reason };
  if (toldNow?.now?.reason) {
    const now = { turn: toldNow.turn, reason: toldNow.now.reason };
    const why = `${place(toldNow)}: ${whyTold(now.reason, toldNow.now.detail, { tenant, flags })}.${compared(was, now)}`;
    return { would_escalate: true, why, was, now, turns };
  }
  if (onLeaving) {
    const now = { turn: null, reason: onLeaving.reason };
    const why = `The caller hangs up, and ${WHY[now.reason]}.`;
    return { would_escalate: true, why, was, now, turns };
  }
  const unsaid = NOT_BY_WORDS[reason];
  if (unsaid) return { would_escalate: null, why: unsaid, was, now: null, turns };
  return { would_escalate: false, why: whyNot(turns, toldThen), was, now: null, turns };
}

function place({ turn, heard }: ReplayedTurn): string {
  return heard === null ? `At turn ${turn}` : `At turn ${turn} ("${heard}")`;
}

/** Sooner, or for another reason: whoever is told can begin with more. */
function compared(was: ToldAt, now: ToldAt): string {
  if (was.reason !== now.reason)
    return ` Then it was ${was.reason}${was.turn === null ? '' : ` at turn ${was.turn}`}.`;
  return was.turn === null || was.turn === now.turn ? '' : ` Then it was at turn ${was.turn}.`;
}

/** What is answered today instead; else what is said where a person was told. */
function whyNot(turns: readonly ReplayedTurn[], toldThen: ReplayedTurn | undefined): string {
  if (!toldThen) return 'Nothing that was said needs a person today.';
  const untilThen = turns.filter(({ turn }) => turn <= toldThen.turn);
  const answered = untilThen.find(({ same, now }) => !same && now?.decision === 'answer');
  if (answered?.now) return `${place(answered)} the receptionist answers today: "${answered.now.said}"`;
  return toldThen.now
    ? `${place(toldThen)} no person is told today: "${toldThen.now.said}"`
    : `The conversation is over before turn ${toldThen.turn}, at which a person was told.`;
}

function whyTold(
  reason: Reason,
  words: string | null,
  { tenant, flags }: Pick<Retaken, 'tenant' | 'flags'>,
): string {
  const phrase = phraseHeard(words ?? '', tenant.phrases);
  if (phrase?.reason === reason)
    return `the tenant's phrase "${phrase.phrase}" says that a person is needed for ${reason}`;
  if (reason === 'no_answer_found' && words !== null) return `${WHY[reason]} to "${words}"`;
  const booking = flags.find(({ flag }) => flag === 'allow_ai_booking');
  if (reason === 'booking_not_allowed' && booking?.enabled === false)
    return `${WHY[reason]}; allow_ai_booking is off${booking.source === 'plan' ? `, which the plan ${tenant.plan} does not include` : ''}`;
  return WHY[reason];
}

const WHY: Readonly<Record<Reason, string>> = {
  caller_asked_for_human: 'the caller asks for a person, which always escalates',
  low_confidence: 'it is still not understood, for the second time in a row',
  ambiguous_time: 'the time can mean two things',
  payment: 'payments always go to a person',
  complaint: 'a complaint always goes to a person',
  emergency: 'an emergency always goes to a person',
  no_answer_found: 'nobody has told the receptionist an answer',
  out_of_scope: 'it is still nothing that the receptionist does',
  booking_conflict: 'the time is taken',
  booking_not_allowed: 'the caller wants an appointment, which a person makes',
  review_required: 'a booking waits to be approved',
  message_left: 'a message is always passed on to a person',
  callback_requested: 'a wish to be called back is always passed on to a person',
  text_undelivered: 'a text of ours did not arrive',
  limit_reached: 'as many calls go on as the plan includes',
  system_degraded: 'something failed on our side',
};

/** What is no matter of what was said, so that saying it again shows nothing. */
const NOT_BY_WORDS: Readonly<Partial<Record<Reason, string>>> = {
  text_undelivered:
    'Nothing that was said needs a person today. But then a text of ours did not arrive, and a replay sends none.',
  system_degraded:
    'Nothing that was said needs a person today. But then something failed on our side, which a replay cannot show.',
};
