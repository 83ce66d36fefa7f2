import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConversationState,
  type Heard,
  leave,
  outcomeOnLeaving,
  overLimit,
  type Step,
  type TurnContext,
  takeTurn,
} from './conversation.ts';
import type { Utterance } from './fallback.ts';
import { withDefaults } from './tenant.ts';

const CALLER = '+15185550142';
const bakery = withDefaults({
  tenant_id: 'bakery',
  name: 'Corner Bakery',
  time_zone: 'America/New_York',
  numbers: ['+15005550006'],
  greeting: 'Good bread, good day.',
  facts: { address: '5 Mill Lane, Troy', emergency_number: '911' },
});

/** The third call at once of a tenant that has two; each line gives the step that follows it. */
function thirdCall({ caller = CALLER }: { caller?: string | null } = {}) {
  let state: ConversationState = overLimit(2);
  const transcript: Utterance[] = [];
  const now = '2026-11-23T17:00:00.000Z';
  const context: TurnContext = {
    tenant: bakery,
    flags: [],
    channel: 'voice',
    caller,
    textable: true,
    transferable: false,
    transcript,
    now,
  };
  function hear(heard: Heard): Step {
    const step = takeTurn(state, heard, context);
    state = JSON.parse(JSON.stringify(step.state));
    if (heard.kind === 'speech') transcript.push({ speaker: 'caller', text: heard.text, at: now });
    transcript.push({ speaker: 'receptionist', text: step.say.join(' '), at: now });
    return step;
  }
  return {
    arrival: hear({ kind: 'arrived' }),
    says: (text: string) => hear({ kind: 'speech', text, confidence: 0.9 }),
    presses: (digits: string) => hear({ kind: 'keys', digits }),
    isSilent: () => hear({ kind: 'silence' }),
    leaves: () => ({ escalate: leave(state, context), outcome: outcomeOnLeaving(state) }),
  };
}

const said = (step: Step) => step.say.join(' ');

describe("a call over the plan's limit", () => {
  it('hears that all lines are busy, and is listened to', () => {
    expect(thirdCall().arrival).toMatchObject({
      say: [
        'Good bread, good day.',
        "I'm sorry, all our lines are busy right now. What would you like me to pass on?",
      ],
      next: 'listen',
      escalate: null,
    });
  });

  it('leaves a message, which says why it is only that', () => {
    const caller = thirdCall();
    const step = caller.says('Please call me about the wedding cake for Saturday');
    expect(step.escalate).toEqual({
      reason: 'limit_reached',
      reason_detail:
        "Over the plan's limit of concurrent calls (2): Please call me about the wedding cake for Saturday",
      summary:
        'More calls came at once than the plan has, and this caller could only leave a message. Call back: +15185550142.',
    });
    expect(said(step)).toBe(
      'Thank you, I am passing your message on. Someone will call you back at 5 1 8, 5 5 5, 0 1 4 2 as soon as possible. Is there anything else you would like me to pass on?',
    );
    expect(caller.says('no thanks')).toMatchObject({ next: 'hang_up', outcome: 'message_taken' });
  });

  it('reaches its limit once, and what is said later joins', () => {
    const caller = thirdCall();
    caller.says('Please call me about the wedding cake for Saturday');
    expect(caller.says('and it has to be without nuts').escalate).toMatchObject({
      reason: 'message_left',
      reason_detail: 'and it has to be without nuts',
    });
    expect(caller.presses('0').escalate).toBeNull();
  });

  it.each([
    ['asks a question', 'What is your address?'],
    ['wants to book', 'I would like to book a tasting'],
    ['asks for a person', 'Let me talk to a human'],
    ['wants an answer by text', 'Can you text me the address?'],
  ])('is not served when the caller %s: that is the message', (_what, words) => {
    const step = thirdCall().says(words);
    expect(step.escalate?.reason).toBe('limit_reached');
    expect(step.escalate?.reason_detail).toContain(words);
    expect(step.text).toBeNull();
    expect(said(step)).not.toContain('Mill Lane');
  });

  it('takes a zero for a wish to be called back', () => {
    expect(thirdCall().presses('0').escalate).toMatchObject({
      reason: 'limit_reached',
      reason_detail: expect.stringContaining('Please call me back.'),
    });
  });

  it('asks who withheld their number where to call back', () => {
    const caller = thirdCall({ caller: null });
    const step = caller.says('My cake has not come');
    expect(step).toMatchObject({ escalate: null, next: 'listen' });
    expect(said(step)).toContain('What number can we call you back on?');
    expect(caller.says('518 555 0199').escalate).toMatchObject({
      reason: 'limit_reached',
      reason_detail: expect.stringContaining('My cake has not come'),
      summary: expect.stringContaining('+15185550199'),
    });
  });

  it('tells of a message whose caller hung up before they gave a number', () => {
    const caller = thirdCall({ caller: null });
    caller.says('My cake has not come');
    expect(caller.leaves()).toMatchObject({
      escalate: { reason: 'limit_reached' },
      outcome: 'message_taken',
    });
  });

  it('is none where the conversation began before there were limits', () => {
    const { call_limit: _, ...older } = overLimit(2);
    const state = { ...older, message: 'My cake has not come' } as ConversationState;
    const context = { tenant: bakery, caller: CALLER } as TurnContext;
    expect(leave(state, context)).toMatchObject({ reason: 'message_left' });
  });

  it('leaves nothing where nothing is said', () => {
    expect(thirdCall().leaves()).toEqual({ escalate: null, outcome: 'caller_left' });
    const caller = thirdCall();
    expect(said(caller.isSilent())).toBe('Please tell me your message now, and I will pass it on.');
    caller.isSilent();
    expect(caller.isSilent()).toMatchObject({ next: 'hang_up', outcome: 'silence', escalate: null });
  });

  it('leaves nothing where the caller only says goodbye', () => {
    expect(thirdCall().says('Goodbye')).toMatchObject({ next: 'hang_up', escalate: null });
  });

  it.each(['Hello?', 'Yes please', 'Can I leave a message?'])('goes on listening after "%s"', (words) => {
    expect(thirdCall().says(words)).toMatchObject({ next: 'listen', escalate: null });
  });

  it('is an emergency like any other', () => {
    const caller = thirdCall();
    caller.says('I have a question about a cake that I ordered');
    const step = caller.says('Help, there is a fire, someone is unconscious');
    expect(step.escalate?.reason).toBe('emergency');
    expect(said(step)).toContain('dial 911');
  });

  it('takes any words, is over its limit at most once, and is never silent', () => {
    const word = fc.constantFrom(
      'a person please',
      'book a tasting',
      'where are you',
      'yes',
      'no',
      'hello',
      'hm',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom(CALLER, null), (words, from) => {
        const caller = thirdCall({ caller: from });
        const reasons: string[] = [];
        for (const each of words) {
          const step = caller.says(each);
          expect(said(step)).not.toBe('');
          if (step.escalate) reasons.push(step.escalate.reason);
          if (step.next === 'hang_up') break;
        }
        expect(reasons.filter((reason) => reason === 'limit_reached').length).toBeLessThanOrEqual(1);
        expect(reasons.every((reason) => reason === 'limit_reached' || reason === 'message_left')).toBe(true);
      }),
    );
  });
});
