import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConversationState,
  type Heard,
  leave,
  NEW_CONVERSATION,
  outcomeOnLeaving,
  type Step,
  type TurnContext,
  takeTurn,
} from './conversation.ts';
import { CHANNELS, type Utterance } from './fallback.ts';
import { type TenantInput, withDefaults } from './tenant.ts';

const bakery: TenantInput = {
  tenant_id: 'bakery',
  name: 'Corner Bakery',
  time_zone: 'America/New_York',
  numbers: ['+15005550006'],
  facts: {
    address: '5 Mill Lane, Troy',
    website: 'https://corner.example/',
    emergency_number: '911',
    owner: 'Ms. Flores.',
  },
  opening_hours: {
    monday: ['08:00-18:00'],
    tuesday: ['08:00-18:00'],
    wednesday: ['08:00-18:00'],
    thursday: ['08:00-18:00'],
    friday: ['08:00-18:00'],
    saturday: ['08:00-12:00'],
    sunday: [],
  },
  services: [
    {
      name: 'wedding cake',
      minutes: 60,
      price: { amount: 35050, currency: 'USD' },
      capacity: 1,
      also: ['cake'],
    },
    { name: 'tasting', minutes: 20, price: null, capacity: 1, also: [] },
  ],
  answers: [{ question: 'Do you deliver?', answer: 'Yes, within ten miles, for orders over 50 dollars.' }],
};

const MONDAY_NOON = '2026-11-23T17:00:00.000Z';
const CALLER = '+15185550142';

/** A call that can be told as a story; each line gives the step that follows it. */
function call({
  tenant = {},
  ...over
}: Partial<Omit<TurnContext, 'tenant'>> & { tenant?: Partial<TenantInput> } = {}) {
  let state: ConversationState | null = null;
  const transcript: Utterance[] = [];
  const context: TurnContext = {
    tenant: withDefaults({ ...bakery, ...tenant }),
    flags: [],
    channel: 'voice',
    caller: CALLER,
    textable: true,
    transferable: false,
    transcript,
    now: MONDAY_NOON,
    ...over,
  };
  function hear(heard: Heard): Step {
    const step = takeTurn(state, heard, context);
    // Through JSON, as the store keeps it.
    state = JSON.parse(JSON.stringify(step.state));
    if (heard.kind === 'speech') transcript.push({ speaker: 'caller', text: heard.text, at: context.now });
    transcript.push({ speaker: 'receptionist', text: step.say.join(' '), at: context.now });
    return step;
  }
  const arrival = hear({ kind: 'arrived' });
  return {
    arrival,
    says: (text: string, confidence: number | null = 0.9) => hear({ kind: 'speech', text, confidence }),
    presses: (digits: string) => hear({ kind: 'keys', digits }),
    isSilent: () => hear({ kind: 'silence' }),
    leaves: () => ({ escalate: leave(state, context), outcome: outcomeOnLeaving(state) }),
  };
}

const said = (step: Step) => step.say.join(' ');

describe('the greeting', () => {
  it("is the tenant's, with an open question", () => {
    expect(call({ tenant: { greeting: 'Good bread, good day.' } }).arrival).toMatchObject({
      say: ['Good bread, good day.', 'How can I help you? For a person, press zero.'],
      next: 'listen',
      decision: 'ask',
      understanding: null,
      escalate: null,
    });
  });

  it('says after hours when we open, and still helps', () => {
    const caller = call({ now: '2026-11-22T17:00:00.000Z' });
    expect(said(caller.arrival)).toContain('We are closed now; we open tomorrow, Monday, at 8 AM.');
    expect(said(caller.says('do you deliver'))).toContain('within ten miles');
  });

  it('says nothing of hours that were never set', () => {
    const { monday: _, ...none } = withDefaults({ ...bakery, opening_hours: {} as never }).opening_hours;
    expect(said(call({ tenant: { opening_hours: { ...none, monday: [] } } }).arrival)).not.toContain(
      'closed',
    );
  });

  it('speaks of keys on the phone only', () => {
    expect(said(call({ channel: 'sms' }).arrival)).not.toMatch(/press/);
  });
});

describe('a question', () => {
  it.each([
    [
      'what are your opening hours',
      'We are open Monday to Friday from 8 AM to 6 PM; Saturday from 8 AM to noon.',
    ],
    ['are you open today', 'We are open now, until 6 PM.'],
    ['are you open tomorrow', 'We are open tomorrow, Tuesday, from 8 AM to 6 PM.'],
    ['and on Sunday, are you open?', 'We are closed on Sunday.'],
    ['where are you', 'We are at 5 Mill Lane, Troy.'],
    ['do you have a website', 'Our website is corner.example.'],
    ['who is the owner', 'Owner: Ms. Flores.'],
    ['how much is a wedding cake', 'Wedding cake is 350 dollars 50 and takes about 60 minutes.'],
    ['how long does a tasting take', 'Tasting takes about 20 minutes.'],
    ['what services do you have', 'We offer wedding cake and tasting.'],
    ['what are your prices', 'We offer wedding cake for 350 dollars 50 and tasting.'],
    ['can you deliver to my house', 'Yes, within ten miles'],
  ])('%j is answered: %s', (question, answer) => {
    const step = call().says(question);
    expect(said(step)).toContain(answer);
    expect(step).toMatchObject({ decision: 'answer', next: 'listen', escalate: null });
  });

  it('is never answered with what we were not told', () => {
    for (const question of ['how much is a tasting', 'do you offer pizza ovens', 'do you have a garden']) {
      expect(call().says(question)).toMatchObject({ decision: 'ask', escalate: null });
    }
  });

  it('without an answer goes to a person only if the caller wants it', () => {
    const caller = call();
    expect(said(caller.says('do you bake without gluten'))).toContain('Shall I have someone get back to you');
    expect(caller.says('yes please').escalate).toMatchObject({
      reason: 'no_answer_found',
      reason_detail: 'do you bake without gluten',
    });
    const other = call();
    other.says('do you bake without gluten');
    expect(other.says('no')).toMatchObject({ decision: 'ask', escalate: null });
  });

  it('that is the second without an answer goes to a person', () => {
    const caller = call();
    caller.says('do you bake without gluten');
    expect(caller.says('what about your nuts, are there any').escalate).toMatchObject({
      reason: 'no_answer_found',
    });
  });
});

describe('a message', () => {
  it('is asked for, passed on, and the number said back', () => {
    const caller = call();
    expect(said(caller.says("I'd like to leave a message"))).toContain('What would you like me to pass on?');
    const step = caller.says('Please cancel the rolls I ordered for Friday');
    expect(step.escalate).toEqual({
      reason: 'message_left',
      reason_detail: 'Please cancel the rolls I ordered for Friday',
      summary: 'The caller left a message. Call back: +15185550142.',
    });
    expect(said(step)).toContain('5 1 8, 5 5 5, 0 1 4 2');
    expect(caller.says('no, that is all')).toMatchObject({
      next: 'hang_up',
      outcome: 'message_taken',
      escalate: null,
    });
  });

  it('may come in one breath', () => {
    expect(call().says('please tell the baker that I love her bread').escalate).toMatchObject({
      reason: 'message_left',
      reason_detail: 'please tell the baker that I love her bread',
    });
  });

  it('from a withheld number waits for a number, spoken or typed', () => {
    for (const give of ['says', 'presses'] as const) {
      const caller = call({ caller: null });
      caller.says('can I leave a message');
      const asked = caller.says('the rolls were wonderful');
      expect(said(asked)).toContain('What number');
      expect(asked.escalate).toBeNull();
      expect(caller[give]('518 555 0199').escalate).toEqual({
        reason: 'message_left',
        reason_detail: 'the rolls were wonderful',
        summary: 'The caller left a message. Call back: +15185550199.',
      });
    }
  });

  it('goes on without a number that nobody understands', () => {
    const caller = call({ caller: null });
    caller.says('can I leave a message');
    caller.says('the rolls were wonderful');
    expect(caller.says('it is five five')).toMatchObject({ decision: 'ask', escalate: null });
    expect(caller.says('five five I said').escalate).toMatchObject({
      reason_detail: 'the rolls were wonderful five five I said',
    });
  });

  it('is kept when the caller hangs up in the middle of it, or falls silent', () => {
    const leaving = call({ caller: null });
    leaving.says('can I leave a message');
    leaving.says('the rolls were wonderful');
    expect(leaving.leaves()).toMatchObject({
      escalate: { reason: 'message_left', reason_detail: 'the rolls were wonderful' },
      outcome: 'message_taken',
    });

    const silent = call({ caller: null });
    silent.says('can I leave a message');
    silent.says('the rolls were wonderful');
    silent.isSilent();
    silent.isSilent();
    expect(silent.isSilent()).toMatchObject({
      escalate: { reason: 'message_left', reason_detail: 'the rolls were wonderful' },
      next: 'hang_up',
      outcome: 'message_taken',
    });
    expect(silent.leaves().escalate).toBeNull();
  });

  it('is recorded however poorly it was heard, and an emergency in it is one', () => {
    const caller = call();
    caller.says('take a message');
    expect(caller.says('rolls something friday', 0.1).escalate).toMatchObject({
      reason_detail: 'rolls something friday',
    });
    const other = call();
    other.says('take a message');
    expect(other.says('my mother cannot breathe').escalate).toMatchObject({ reason: 'emergency' });
  });

  it('that the caller thinks better of is none', () => {
    const caller = call();
    caller.says('take a message');
    expect(caller.says('never mind')).toMatchObject({ decision: 'ask', escalate: null });
    expect(caller.leaves()).toEqual({ escalate: null, outcome: 'caller_left' });
  });
});

describe('a person is alerted', () => {
  it.each([
    ['let me talk to a human', 'caller_asked_for_human', 'Of course.'],
    ['I want to complain about the bread', 'complaint', "I'm sorry to hear that."],
    ['I would like to pay my invoice', 'payment', "please don't tell me any card numbers"],
    [
      'I need an appointment for a tasting',
      'booking_not_allowed',
      'What day and time would suit you, and what is your name?',
    ],
    [
      'I need to reschedule my appointment',
      'booking_not_allowed',
      'A colleague will take care of your appointment.',
    ],
    ['cancel my appointment', 'booking_not_allowed', 'A colleague will take care of your appointment.'],
  ])('%j: %s', (words, reason, sentence) => {
    const step = call().says(words);
    expect(step).toMatchObject({
      decision: 'escalate',
      next: 'listen',
      escalate: { reason, reason_detail: words },
    });
    expect(said(step)).toContain(sentence);
    expect(said(step)).toContain('someone will call you back at 5 1 8, 5 5 5, 0 1 4 2');
    expect(step.say.length).toBeLessThanOrEqual(3);
  });

  it('by the key 0, at any time', () => {
    expect(call().presses('0')).toMatchObject({
      escalate: { reason: 'caller_asked_for_human', reason_detail: null },
    });
    expect(said(call().presses('7'))).toContain('Press zero for a person');
    expect(call().presses('')).toEqual(call().isSilent());
  });

  it('in an emergency, after the number to dial, which comes first', () => {
    const step = call().says('help, there is a fire, this is an emergency');
    expect(step.say[0]).toBe('If anyone is in danger, hang up and dial 911.');
    expect(step.escalate).toMatchObject({ reason: 'emergency' });
    expect(call({ tenant: { facts: {} } }).says('call an ambulance').say[0]).toContain(
      'your local emergency number',
    );
  });

  it('and asked for a number where it was withheld, which joins', () => {
    const caller = call({ caller: null });
    expect(said(caller.says('operator'))).toContain('What number can we call you back on?');
    expect(caller.says('518-555-0199').escalate).toMatchObject({
      reason: 'message_left',
      summary: expect.stringContaining('+15185550199'),
    });
  });

  it('and what is said then joins, while questions are answered', () => {
    const caller = call();
    caller.says('I need an appointment for a tasting');
    expect(caller.says('Friday at ten, my name is Ida Holm').escalate).toMatchObject({
      reason: 'message_left',
      reason_detail: 'Friday at ten, my name is Ida Holm',
    });
    expect(caller.says('where are you')).toMatchObject({ decision: 'answer', escalate: null });
    expect(caller.says('I want a person')).toMatchObject({ escalate: null });
    expect(caller.says('my friend is unconscious').escalate).toMatchObject({ reason: 'emergency' });
    expect(caller.says('goodbye')).toMatchObject({ next: 'hang_up', outcome: 'escalated', escalate: null });
  });
});

describe('what is not understood', () => {
  it('is asked for once in other words, then a person takes over', () => {
    const caller = call();
    expect(caller.says('flurb the grommet')).toMatchObject({ decision: 'ask', escalate: null });
    expect(caller.says('grommet flurb').escalate).toMatchObject({ reason: 'low_confidence' });
  });

  it('is forgiven once something was understood', () => {
    const caller = call();
    caller.says('flurb the grommet');
    caller.says('where are you');
    expect(caller.says('grommet flurb')).toMatchObject({ decision: 'ask', escalate: null });
  });

  it('is out of scope where it belongs to another trade', () => {
    const caller = call();
    expect(caller.says("what's the weather")).toMatchObject({ decision: 'ask', escalate: null });
    expect(caller.says('then play some music').escalate).toMatchObject({ reason: 'out_of_scope' });
  });

  it('is what was barely heard, unless the recogniser gives no figure', () => {
    expect(call().says('where are you', 0.12)).toMatchObject({ decision: 'ask' });
    expect(call().says('where are you', 0)).toMatchObject({ decision: 'answer' });
    expect(call().says('where are you', null)).toMatchObject({ decision: 'answer' });
  });
});

describe('the end', () => {
  it('comes after three silences, and pages nobody', () => {
    const caller = call();
    const [first, second, third] = [caller.isSilent(), caller.isSilent(), caller.isSilent()];
    expect([first.next, second.next, third.next]).toEqual(['listen', 'listen', 'hang_up']);
    expect(said(first)).not.toBe(said(second));
    expect(third).toMatchObject({ outcome: 'silence', escalate: null, decision: 'end' });
  });

  it('comes after a second insult, and pages nobody', () => {
    const caller = call();
    expect(caller.says('you idiot')).toMatchObject({ decision: 'ask', next: 'listen' });
    expect(caller.says('fuck you')).toMatchObject({
      decision: 'end',
      next: 'hang_up',
      outcome: 'abuse',
      escalate: null,
    });
  });

  it.each(['bye', 'thank you', 'oh sorry, wrong number'])('comes with %j', (words) => {
    expect(call().says(words)).toMatchObject({ decision: 'end', next: 'hang_up', escalate: null });
  });

  it('of a call in which a question was answered is `answered`', () => {
    const caller = call();
    caller.says('where are you');
    expect(caller.leaves()).toEqual({ escalate: null, outcome: 'answered' });
    expect(caller.says('no thanks')).toMatchObject({ next: 'hang_up', outcome: 'answered' });
  });
});

it('repeats what was said last', () => {
  const caller = call();
  const answer = said(caller.says('where are you'));
  expect(said(caller.says('could you repeat that'))).toBe(answer);
});

describe('takeTurn', () => {
  const state: fc.Arbitrary<ConversationState> = fc.record({
    phase: fc.constantFrom('talking', 'taking_message', 'escalated'),
    misunderstood: fc.nat(3),
    silences: fc.nat(4),
    asked: fc.constantFrom(
      null,
      'anything_else',
      'callback',
      'message',
      'number',
      'details',
      'voicemail_or_callback',
      'recording',
    ),
    answer: fc.option(fc.string()),
    question: fc.option(fc.string()),
    message: fc.option(fc.string()),
    callback_number: fc.constantFrom(null, '+15185550199'),
    warned: fc.boolean(),
    handed_off: fc.boolean(),
    call_limit: fc.constantFrom(null, 2),
    served: fc.constantFrom('caller_left', 'answered', 'message_taken', 'escalated'),
  });
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      'yes',
      'no',
      'bye',
      'operator',
      'take a message',
      'fuck you',
      'emergency',
      'hours?',
      '518 555 0199',
      'my name is Al',
    ),
  );
  const heard: fc.Arbitrary<Heard> = fc.oneof(
    fc.constant<Heard>({ kind: 'arrived' }),
    fc.constant<Heard>({ kind: 'silence' }),
    fc.boolean().map((bridged): Heard => ({ kind: 'handed_back', bridged })),
    fc.option(fc.nat(120)).map((duration_s): Heard => ({ kind: 'recorded', duration_s })),
    words.map((digits): Heard => ({ kind: 'keys', digits })),
    fc
      .tuple(words, fc.option(fc.double()))
      .map(([text, confidence]): Heard => ({ kind: 'speech', text, confidence })),
    fc
      .tuple(words, fc.subarray([{ content_type: 'image/png', url: 'https://media.example/1' }]))
      .map(([text, media]): Heard => ({ kind: 'text', text, media })),
  );

  it('has something to say to anything in any state, in few sentences, and hangs up only with an outcome', () => {
    fc.assert(
      fc.property(
        fc.option(state),
        heard,
        fc.constantFrom(...CHANNELS),
        fc.constantFrom(null, CALLER),
        (before, what, channel, caller) => {
          const tenant = withDefaults(bakery);
          const step = takeTurn(before, what, {
            tenant,
            flags: [],
            channel,
            caller,
            textable: true,
            transferable: false,
            transcript: [],
            now: MONDAY_NOON,
          });
          expect(step.say.join('').trim()).not.toBe('');
          // In writing, also who answers, and that photos cannot be seen.
          expect(step.say.length).toBeLessThanOrEqual(what.kind === 'text' ? 5 : 3);
          expect(step.next === 'hang_up').toBe(step.outcome !== null);
          expect(step.escalate !== null).toBe(step.decision === 'escalate');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never loses the words of a message: they are kept or passed on', () => {
    const message = 'the rolls were wonderful';
    fc.assert(
      fc.property(state, heard, (before, what) => {
        const context = {
          tenant: withDefaults(bakery),
          flags: [],
          channel: 'voice',
          caller: null,
          textable: false,
          transferable: false,
          transcript: [],
          now: MONDAY_NOON,
        } as const;
        const waiting: ConversationState = { ...before, phase: 'taking_message', asked: 'number', message };
        const step = takeTurn(waiting, what, context);
        const told = [step.escalate?.reason_detail, leave(step.state, context)?.reason_detail].join();
        expect(told).toContain(message);
      }),
    );
  });

  it('goes on from the state of an older version', () => {
    const older = { phase: 'talking', misunderstood: 0, silences: 0 } as ConversationState;
    const context: TurnContext = {
      tenant: withDefaults(bakery),
      flags: [],
      channel: 'voice',
      caller: null,
      textable: false,
      transferable: false,
      transcript: [],
      now: MONDAY_NOON,
    };
    expect(takeTurn(older, { kind: 'silence' }, context).state).toEqual({ ...NEW_CONVERSATION, silences: 1 });
  });
});
