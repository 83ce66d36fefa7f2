import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEW_CONVERSATION, takeTurn } from './conversation.ts';
import { judge, type ModelOutput } from './model-turn.ts';
import { withDefaults } from './tenant.ts';

const says = (text: string) => judge({ text, calls: [] });
const calls = (tool: string, input: unknown) => judge({ text: '', calls: [{ tool, input }] });

describe('what a model says', () => {
  it('is heard in at most four sentences', () => {
    expect(says(' We open at nine. \n And close at five. ')).toEqual({
      proposal: { kind: 'say', sentences: ['We open at nine.', 'And close at five.'] },
    });
    const long = says('One. Two. Three. Four. Five.');
    expect(long).toMatchObject({ proposal: { sentences: { length: 4 } } });
  });

  it.each([
    ['empty', ''],
    ['empty', ' … '],
    ['too_long', 'a b '.repeat(400)],
    ['markup', '<Response><Say>Hi</Say></Response>'],
    ['markup', 'We offer **cleaning**.'],
    ['markup', '{"tool": "escalate"}'],
    ['sensitive', 'I noted 4242 4242 4242 4242.'],
    ['promise', "I've booked you in."],
    ['promise', 'We can schedule that for Friday.'],
    ['promise', 'Your appointment has been cancelled.'],
    ['promise', "You're all set."],
    ['promise', 'A colleague will get back to you.'],
    ['promise', "I'll transfer you now."],
    ['promise', 'I am texting you the address.'],
  ])('is not heard where it is %s: %s', (why, text) => {
    expect(says(text)).toEqual({ refused: why });
  });

  it.each([
    'A cleaning is 120 dollars and takes 45 minutes.',
    'Yes, we take Cigna. Is there anything else?',
    'We will be closed on December 25.',
    'You can find us at 12 Harbor Street, Oakland.',
    'Our number is +1 415 555 0100.',
  ])('is heard: %s', (text) => {
    expect(says(text)).toHaveProperty('proposal');
  });
});

describe('what a model does', () => {
  it('fits a tool, or is nothing', () => {
    const wish = { reason: 'complaint', summary: 'The bill was wrong.' };
    expect(calls('escalate', wish)).toEqual({ proposal: { kind: 'escalate', ...wish } });
    expect(calls('take_message', { text: ' Call me. ' })).toEqual({
      proposal: { kind: 'take_message', text: 'Call me.' },
    });
    expect(calls('order_pizza', {})).toEqual({ refused: 'unknown_tool' });
    expect(calls('toString', {})).toEqual({ refused: 'unknown_tool' });
    for (const input of [
      null,
      'text',
      {},
      { reason: 'review_required', summary: 'x' },
      { ...wish, summary: '' },
    ])
      expect(calls('escalate', input)).toEqual({ refused: 'bad_arguments' });
  });

  it('is masked like the words of a caller', () => {
    expect(calls('take_message', { text: 'my card is 4242 4242 4242 4242' })).toEqual({
      proposal: { kind: 'take_message', text: 'my card is [card number]' },
    });
  });

  const context = {
    tenant: withDefaults({ tenant_id: 't1', name: 'N', time_zone: 'UTC', numbers: ['+15005550006'] }),
    flags: [],
    channel: 'voice',
    caller: '+14155550123',
    textable: true,
    transferable: false,
    transcript: [],
    now: '2026-11-24T18:00:00.000Z',
  } as const;

  it('counts only where no rule decides', () => {
    const { proposal } = says('We sing on Sundays.') as { proposal: never };
    const heard = (text: string) => ({ kind: 'speech', text, confidence: 0.9 }) as const;
    const say = (text: string) => takeTurn(NEW_CONVERSATION, heard(text), context, proposal).say.join(' ');
    expect(say('what do you do on weekends')).toBe('We sing on Sundays.');
    expect(say('my husband is unconscious')).toContain('dial');
    expect(say('let me talk to a person')).toContain('alerting our team');
  });

  it('never ends a call, and whatever it is, something is said', () => {
    const output: fc.Arbitrary<ModelOutput> = fc.record({
      text: fc.string({ unit: 'binary' }),
      calls: fc.array(
        fc.record({
          tool: fc.constantFrom('escalate', 'take_message', 'hang_up'),
          input: fc.oneof(
            fc.anything(),
            fc.record({ reason: fc.constant('payment'), summary: fc.string(), text: fc.string() }),
          ),
        }),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(output, (raw) => {
        const verdict = judge(raw);
        const proposal = 'proposal' in verdict ? verdict.proposal : null;
        const heard = { kind: 'speech', text: 'what about my bike', confidence: 0.9 } as const;
        const step = takeTurn(NEW_CONVERSATION, heard, context, proposal);
        expect(step.say.join('').trim()).not.toBe('');
        expect(step.next).toBe('listen');
      }),
    );
  });
});
