import { describe, expect, it } from 'vitest';
import {
  type ConversationState,
  type Heard,
  overLimit,
  type Step,
  type TurnContext,
  takeTurn,
} from './conversation.ts';
import type { Utterance } from './fallback.ts';
import { evaluateFlag } from './flags.ts';
import { withDefaults } from './tenant.ts';

const NOW = '2026-11-23T17:00:00.000Z';
const CALLER = '+15185550142';
const PUTTING_THROUGH = 'I am putting you through to a colleague.';
const OFFER = ['For a message press 1, for a call back press 2.'];

const allowed = (enabled: boolean) =>
  evaluateFlag(
    'allow_live_transfer',
    {
      included: ['allow_live_transfer'],
      settings: [{ flag: 'allow_live_transfer', enabled, updated_at: NOW, updated_by: 'lex' }],
      rollouts: [],
    },
    NOW,
  );

/** A call to a tenant that has somebody to put callers through to; each line gives the step that follows it. */
function call(
  { flag = true, ...changes }: Partial<TurnContext> & { flag?: boolean } = {},
  beginning: ConversationState | null = null,
) {
  let state = beginning;
  const transcript: Utterance[] = [];
  const context: TurnContext = {
    tenant: withDefaults({
      ...{
        tenant_id: 'bakery',
        name: 'Corner Bakery',
        time_zone: 'America/New_York',
        numbers: ['+15005550006'],
      },
      facts: { emergency_number: '911' },
    }),
    ...{ channel: 'voice', caller: CALLER, textable: true, transferable: true, transcript, now: NOW },
    flags: [allowed(flag)],
    ...changes,
  };
  const hear = (heard: Heard): Step => {
    const step = takeTurn(state, heard, context);
    // Through JSON, as the store keeps it.
    state = JSON.parse(JSON.stringify(step.state));
    transcript.push({ speaker: 'receptionist', text: step.say.join(' '), at: NOW });
    return step;
  };
  return {
    hear,
    says: (text: string) => hear({ kind: 'speech', text, confidence: 0.9 }),
    presses: (digits: string) => hear({ kind: 'keys', digits }),
    staysSilent: () => hear({ kind: 'silence' }),
    comesBack: (bridged = false) => hear({ kind: 'handed_back', bridged }),
  };
}

const said = ({ say }: Step) => say.join(' ');

/** Was put through, and nobody was there. */
function disappointed(changes: Partial<TurnContext> = {}) {
  const caller = call(changes);
  caller.says('I want to talk to a person');
  caller.comesBack();
  return caller;
}

describe('a caller who needs a person now', () => {
  it.each([
    ['I want to talk to a person', 'caller_asked_for_human'],
    ['I want to complain', 'complaint'],
    ['I need an appointment', 'booking_not_allowed'],
  ])('is put through: %s', (words, reason) => {
    const step = call().says(words);
    expect(step).toMatchObject({ next: 'hand_off', decision: 'escalate', escalate: { reason } });
    expect(said(step)).toContain(PUTTING_THROUGH);
    expect(said(step)).not.toContain('call you back');
  });

  it('hears the emergency number first', () => {
    const step = call().says('somebody collapsed, this is an emergency');
    expect(step).toMatchObject({ next: 'hand_off', escalate: { reason: 'emergency' } });
    expect(step.say.findIndex((words) => words.includes('911'))).toBe(0);
  });

  it.each<[string, Parameters<typeof call>]>([
    ['nobody can be rung', [{ transferable: false }]],
    ['the call began while it was not allowed', [{ flag: false }]],
    ['all lines of the plan are taken', [{}, overLimit(2)]],
  ])('is not put through where %s', (_why, options) => {
    const step = call(...options).presses('0');
    expect(step.next).toBe('listen');
    expect(said(step)).not.toContain(PUTTING_THROUGH);
  });

  it('is put through once in a call', () => {
    const caller = disappointed();
    const again = caller.says('let me talk to a human');
    expect(again).toMatchObject({ next: 'listen', escalate: null });
    expect(again.say.slice(-1)).toEqual(OFFER);
    expect(caller.presses('0').next).toBe('listen');
  });

  it('is put through where a person was alerted before that was possible', () => {
    const before = call({ transferable: false });
    const { state } = before.says('I want to complain');
    expect(call({}, state).presses('0').next).toBe('hand_off');
  });
});

describe('a caller who comes back', () => {
  it('from a person is asked what else there is', () => {
    const caller = call();
    caller.presses('0');
    const step = caller.comesBack(true);
    expect(step).toMatchObject({ next: 'listen', escalate: null });
    expect(step.say.at(-1)).toBe('Is there anything else I can help you with?');
    expect(caller.says('no thanks').next).toBe('hang_up');
  });

  it.each([
    ['1', (caller: ReturnType<typeof call>) => caller.presses('1')],
    ['words', (caller: ReturnType<typeof call>) => caller.says('I would like to leave a message')],
    ['the first one', (caller: ReturnType<typeof call>) => caller.says('the first one please')],
  ])('chooses a message by %s, and hears that it is recorded before anything is', (_how, choose) => {
    const caller = disappointed();
    const step = choose(caller);
    expect(step).toMatchObject({ next: 'record', escalate: null });
    expect(said(step)).toMatch(/^Your message will be recorded\. .*after the tone/);
    const recorded = caller.hear({ kind: 'recorded', duration_s: 12 });
    expect(recorded).toMatchObject({
      next: 'listen',
      escalate: { reason: 'message_left', reason_detail: '[left a recorded message of 12 seconds]' },
    });
    expect(said(recorded)).toContain('5 1 8, 5 5 5, 0 1 4 2');
  });

  it.each([
    ['2', (caller: ReturnType<typeof call>) => caller.presses('2')],
    ['words', (caller: ReturnType<typeof call>) => caller.says('please have somebody call me back')],
    ['the second one', (caller: ReturnType<typeof call>) => caller.says('the second one')],
  ])('chooses a call back by %s', (_how, choose) => {
    const step = choose(disappointed());
    expect(step).toMatchObject({ next: 'listen', escalate: { reason: 'callback_requested' } });
    expect(said(step)).toContain('5 1 8, 5 5 5, 0 1 4 2');
  });

  it('who withheld the number is asked for one, and it is passed on', () => {
    const caller = disappointed({ caller: null });
    const step = caller.presses('2');
    expect(step).toMatchObject({ escalate: { reason: 'callback_requested' } });
    expect(step.say.at(-1)).toBe('What number can we call you back on?');
    const number = caller.says('518 555 0199');
    expect(number.escalate?.reason_detail).toContain('+15185550199');
  });

  it('is asked again where the words could be either, and then called back', () => {
    const caller = disappointed();
    expect(caller.says('a message or a call back')).toMatchObject({ escalate: null, say: OFFER });
    expect(caller.says('yes')).toMatchObject({ escalate: { reason: 'callback_requested' } });
  });

  it('hears the keys again after another one', () => {
    expect(disappointed().presses('7')).toMatchObject({ next: 'listen', say: OFFER });
  });

  it('may say at once what it is about', () => {
    const words = 'tell the doctor that my crown came off and that it hurts a lot';
    expect(disappointed().says(words)).toMatchObject({
      escalate: { reason: 'message_left', reason_detail: words },
    });
  });

  it('and stays silent is promised a call back before we hang up', () => {
    const caller = disappointed();
    expect(caller.staysSilent()).toMatchObject({ next: 'listen', say: OFFER });
    const end = caller.staysSilent();
    expect(end).toMatchObject({ next: 'hang_up', escalate: { reason: 'callback_requested' } });
    expect(said(end)).toMatch(/call you back .*Goodbye\.$/);
  });

  it('and says nothing after the tone is asked once more', () => {
    const caller = disappointed();
    caller.presses('1');
    expect(said(caller.staysSilent())).toContain('I did not hear a message.');
    expect(caller.staysSilent()).toMatchObject({
      next: 'hang_up',
      escalate: { reason: 'callback_requested' },
    });
  });

  it('is promised nothing that cannot be kept', () => {
    const caller = disappointed({ caller: null });
    caller.staysSilent();
    expect(said(caller.staysSilent())).toContain('I have told our team that you called.');
  });

  it('in an emergency hears the number to dial', () => {
    expect(said(disappointed().says('this is an emergency'))).toContain('911');
  });
});
