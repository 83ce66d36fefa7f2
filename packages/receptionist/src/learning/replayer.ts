/**
 * Takes a conversation again with today's receptionist and facts, at the times of its turns. Nothing is written, nobody is
 * told, and no text is sent: what would follow from each turn is only looked at.
 */
import {
  type ConversationState,
  concludeReplay,
  type EntryWithHistory,
  type FlagEvaluation,
  type Heard,
  heardAgain,
  type Instant,
  isOn,
  isOpen,
  isOpenToModel,
  leave,
  NEW_CONVERSATION,
  overLimit,
  type PastTurn,
  Problem,
  type Proposal,
  pastTurns,
  type Replay,
  type ReplayedTurn,
  replayedTurn,
  type Step,
  splitIntoTexts,
  type Tenant,
  type TurnContext,
  takeTurn,
  type Utterance,
  wordsHeard,
} from '@receptionist/core';
import type { LiveConversation, ReadVerbs } from '@receptionist/store';
import { contextOf, utteranceOf } from '../conversation/turns.ts';
import type { FlagReader } from '../flags/reader.ts';
import type { ModelLine } from '../models/line.ts';

/** @throws Problem where the entry has no conversation, or nothing of it is kept */
export type Replayer = (
  read: ReadVerbs,
  entry: EntryWithHistory,
) => Promise<Replay & { conversation_id: string }>;

/** What went on around the turns, today. */
interface Setting {
  conversation: LiveConversation;
  tenant: Tenant;
  flags: FlagEvaluation[];
  textable: boolean;
  /** Whether we could call somebody, were it open. */
  callable: boolean;
  /** Whether the caller spoke with somebody whom they were put through to. */
  bridged: boolean;
}

export function createReplayer({
  flags,
  models,
  hasAccount,
}: {
  flags: Pick<FlagReader, 'evaluateAll'>;
  models: ModelLine;
  /** Whether we can text and call in the name of the tenant. */
  hasAccount: (tenant: Tenant) => boolean;
}): Replayer {
  return async (read, entry) => {
    const { conversation, past } = await conversationOf(read, entry);
    const setting = await settingOf(read, entry, conversation);
    const { tenant, flags } = setting;
    const beginning = await beginningOf(read, conversation);
    const { turns, onLeaving } = await takeAgain(past, beginning, setting);
    const { conversation_id } = conversation;
    return {
      conversation_id,
      ...concludeReplay({ reason: entry.reason, turns, onLeaving, tenant, flags }),
    };
  };

  async function settingOf(
    read: ReadVerbs,
    { tenant_id, timeline }: EntryWithHistory,
    conversation: LiveConversation,
  ): Promise<Setting> {
    const { caller, channel, simulated } = conversation;
    const tenant = await read.getTenant(tenant_id);
    if (!tenant) throw new Problem('not_found', `There is no tenant ${JSON.stringify(tenant_id)}.`);
    const evaluated = await flags.evaluateAll(tenant_id);
    const optedOut = caller && (await read.hasOptedOut({ tenant_id, channel: 'sms', sender: caller }));
    const isCall = channel === 'voice';
    const bridged = timeline.some(
      ({ action, detail }) => action === 'transfer' && /^bridged/.test(detail ?? ''),
    );
    return {
      ...{ conversation, tenant, flags: evaluated, bridged },
      textable: isCall && hasAccount(tenant) && optedOut === false,
      callable:
        isCall &&
        !simulated &&
        hasAccount(tenant) &&
        tenant.hand_off.phones.length > 0 &&
        isOn(evaluated, 'allow_live_transfer'),
    };
  }

  async function takeAgain(past: PastTurn[], beginning: ConversationState, setting: Setting) {
    const { channel, ended_at } = setting.conversation;
    const turns: ReplayedTurn[] = [];
    const transcript: Utterance[] = [];
    let state = beginning;
    let before: Step['next'] | null = null;
    // In writing, only silence ends a conversation.
    const isOver = () => before === 'hang_up' && channel === 'voice';
    for (const each of past) {
      if (isOver()) {
        turns.push(replayedTurn(each, null));
        continue;
      }
      const heard = heardAgain(each, { channel, before, bridged: setting.bridged });
      const context = contextAt(each.at, [...transcript], setting);
      const proposal = await propose(state, heard, context);
      const step = takeTurn(state, heard, context, proposal);
      const said = saidIn(step, setting.conversation);
      turns.push(replayedTurn(each, { step, said, by_model: proposal !== null }));
      transcript.push(...spokenIn(heard, said, each.at));
      ({ state, next: before } = step);
    }
    const last = past.at(-1);
    const onLeaving =
      last && ended_at !== null && !isOver() ? leave(state, contextAt(last.at, transcript, setting)) : null;
    return { turns, onLeaving };
  }

  async function propose(
    state: ConversationState,
    heard: Heard,
    context: TurnContext,
  ): Promise<Proposal | null> {
    if (models.isEmpty || !isOpenToModel(state, heard, context)) return null;
    return models.propose({ context, words: wordsHeard(heard) });
  }
}

function contextAt(
  now: Instant,
  transcript: Utterance[],
  { conversation, flags, tenant, textable, callable }: Setting,
): TurnContext {
  const transferable = callable && isOpen(tenant, now);
  return contextOf({ ...conversation, flags, transcript }, { tenant, now, textable, transferable });
}

/** As a turn keeps it. */
function saidIn({ say }: Step, { channel }: LiveConversation): string {
  return (channel === 'voice' ? say : splitIntoTexts(say)).join(' ');
}

function spokenIn(heard: Heard, said: string, at: Instant): Utterance[] {
  const caller = utteranceOf(heard, at);
  return [
    ...(caller ? [caller] : []),
    ...(said === '' ? [] : [{ speaker: 'receptionist', text: said, at } as const]),
  ];
}

async function conversationOf(
  read: ReadVerbs,
  { entry_id, tenant_id, conversation_id, status }: EntryWithHistory,
): Promise<{ conversation: LiveConversation; past: PastTurn[] }> {
  if (conversation_id === null) {
    const message = `${entry_id} was filed by hand: there is no conversation to replay.`;
    throw new Problem('invalid_transition', message, { details: { entry_status: status } });
  }
  const conversation = await read.findConversation(conversation_id);
  const kept = await read.getConversation(tenant_id, conversation_id);
  const past = pastTurns(kept?.turns ?? []);
  if (conversation && past.some(({ heard }) => heard !== null)) return { conversation, past };
  throw new Problem(
    'not_found',
    `Nothing that the caller of ${entry_id} said is kept: there is nothing to replay.`,
  );
}

/** Who came over the plan's calls comes over them today, unless the plan has more. */
async function beginningOf(
  read: ReadVerbs,
  { tenant_id, state }: LiveConversation,
): Promise<ConversationState> {
  const limit = state?.call_limit ?? null;
  const plan = limit === null ? null : await read.planOf(tenant_id);
  if (limit === null || plan === null) return NEW_CONVERSATION;
  const { concurrent_calls } = await read.planTerms(plan.plan, plan.version);
  return concurrent_calls !== null && concurrent_calls <= limit
    ? overLimit(concurrent_calls)
    : NEW_CONVERSATION;
}
