import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CUES } from './cues.ts';
import { LIKELY, understand } from './understand.ts';
import { INTENTS, type Intent, type UnderstandingContext } from './understanding.ts';

const context: UnderstandingContext = {
  previous: null,
  // Monday, 10 in the morning.
  now: '2026-11-23T18:00:00.000Z',
  time_zone: 'America/Los_Angeles',
  services: [
    { name: 'checkup', also: ['exam', 'dental exam'] },
    { name: 'cleaning', also: ['teeth cleaning', 'polish'] },
    { name: 'filling', also: ['cavity'] },
  ],
  questions: ['Do you take insurance?', 'Is there parking?'],
  facts: ['address', 'website', 'emergency_number', 'wifi_name'],
};

const meant: Record<Intent, string[]> = {
  book_appointment: [
    'I need an appointment for a cleaning',
    'hi um could i book a checkup appointment for next week please',
    'Do you have any openings on Thursday?',
    'I would like to see the dentist',
    "I'm due for a teeth cleaning",
  ],
  reschedule_appointment: [
    'I need to reschedule',
    'can we move my appointment to Friday',
    'could you push my cleaning appointment back a day',
  ],
  cancel_appointment: [
    "I have to cancel tomorrow's appointment",
    'please cancel my booking',
    "I won't be able to make it on Monday",
  ],
  ask_question: [
    'How much is a filling?',
    'whats your address',
    'where exactly are you located',
    'do you accept my insurance plan',
    'can I park my car somewhere there',
    'what is the wifi name',
    'what services do you offer',
  ],
  opening_hours: [
    'what are your hours',
    'are you guys open on saturday',
    'how late are you open tonight',
    'when do you close',
  ],
  leave_message: [
    'I want to leave a message',
    'can you take a note for the doctor',
    'please have someone call me back',
    'Tell Dr. Miller that I am running late',
  ],
  talk_to_human: [
    'let me speak to a person',
    'operator',
    'I dont want to talk to a robot',
    "No, I don't want to deal with a machine. Is there a real person I can talk to?",
    'could you put me through to the front desk',
    'get me your manager',
    'human please',
    "you don't understand me at all",
    'Shut up and transfer me to an agent',
  ],
  complaint: [
    'I want to make a complaint',
    'your staff was extremely rude to me',
    "I'm not happy with the filling you gave me",
    'this is unacceptable, I was charged twice',
  ],
  payment: [
    'I would like to pay my bill',
    'can I make a payment',
    'I have a question about my invoice',
    'it is [card number]',
  ],
  emergency: [
    'This is an emergency!',
    "my husband can't breathe",
    'somebody call an ambulance',
    'she is bleeding and it wont stop',
    'I have chest pains',
    'there is a gas leak',
  ],
  abuse: ['fuck you', 'you are a stupid machine', 'idiot', 'shut up', 'I will kill you'],
  greeting: ['hello', 'Hi there!', 'good morning'],
  affirm: ['yes', 'yeah sure', 'ok sounds good', 'that works'],
  deny: ['no', 'nope', 'not really', 'no thank you'],
  inform: ['my name is Anna Berg', 'you can reach me at 415 555 0123'],
  goodbye: ['bye', 'thanks a lot', "that's all, have a nice day", 'sorry, wrong number'],
  repeat: ['could you repeat that', 'sorry?', "I didn't catch that", 'say that again please'],
  out_of_scope: [
    "what's the weather like tomorrow",
    'play some music',
    'tell me a joke',
    'translate hello to Spanish',
  ],
};

describe('understand', () => {
  it.each(Object.entries(meant).flatMap(([intent, all]) => all.map((said) => [said, intent] as const)))(
    '%j is %s',
    (said, intent) => {
      const understood = understand(said, context);
      expect(understood.intent).toBe(intent);
      expect(understood.confidence).toBeGreaterThanOrEqual(LIKELY);
    },
  );

  it.each([
    ["No, there's no emergency, I just need a cleaning", 'emergency'],
    ['it is not an emergency', 'emergency'],
    ['what is your emergency number', 'emergency'],
    ["you don't need to transfer me to a person", 'talk_to_human'],
    ['can you send somebody my regards', 'talk_to_human'],
    ['I have no complaints at all', 'complaint'],
    ['how much does it cost to cancel', 'cancel_appointment'],
    ['my damn tooth is broken and I need an appointment', 'abuse'],
    ['I want to open a bank account', 'opening_hours'],
    ['nobody knows', 'deny'],
    ['I have an appointment tomorrow', 'book_appointment'],
    ['do you have hot bread', 'abuse'],
  ])('%j is not %s', (said, intent) => {
    const understood = understand(said, context);
    expect(understood.intent === intent && understood.confidence >= LIKELY).toBe(false);
  });

  it.each(['', '...', '🦷🦷🦷', 'xyzzy plugh', 'lorem ipsum dolor', '你好'])('is unsure about %j', (said) => {
    expect(understand(said, context).confidence).toBeLessThan(LIKELY);
  });

  it('hears the same with and without punctuation, capitals and apostrophes', () => {
    const loud = understand("I DON'T WANT TO TALK TO A BOT!!", context);
    expect(understand('i dont want to talk to a bot', context)).toEqual(loud);
  });

  it('has an answer to anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.option(fc.string()), (said, previous) => {
        const { intent, confidence } = understand(said, { ...context, previous });
        expect(INTENTS).toContain(intent);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each(['the ', 'speak to the ', 'get the a your ', 'what , ', 'no ', 'one ', 'i want to '])(
    'reads a long string of %j in time',
    (unit) => {
      const begun = performance.now();
      understand(unit.repeat(20_000 / unit.length), context);
      expect(performance.now() - begun).toBeLessThan(2_000);
    },
  );
});

it('every cue names lists that there are', () => {
  const sources = Object.values(CUES)
    .flat()
    .map(({ pattern }) => pattern.source);
  expect(sources.filter((source) => /undefined|~|\{\D/.test(source))).toEqual([]);
});

describe('slots', () => {
  it.each([
    ['my name is anna berg and I have a question', { name: 'Anna Berg' }],
    ['This is Lex calling', { name: 'Lex' }],
    ["hi I'm Peter O'Neil from Oakland", { name: "Peter O'Neil" }],
    ['this is ridiculous', {}],
    ["I'm calling about my crown", {}],
    ['415 555 0123', { phone: '+14155550123' }],
    ['call me at (415) 555-0123', { phone: '+14155550123' }],
    ['four one five, five five five, oh one two three', { phone: '+14155550123' }],
    ['its plus four nine three zero one two three four five six', { phone: '+4930123456' }],
    ['my code is 555 0123', {}],
    ['a teeth cleaning', { service: 'cleaning' }],
    ['I have a cavity', { service: 'filling' }],
    ['a cleaning or a filling', {}],
    ['yes', { yes_no: 'yes' }],
    ['um yeah I would', { yes_no: 'yes' }],
    ['no thanks', { yes_no: 'no' }],
    ['no problem', {}],
    ['are you open tomorrow', { date: '2026-11-24', date_text: 'tomorrow' }],
    ['what about Sundays', { date: '2026-11-29', date_text: 'sundays' }],
    ['today', { date: '2026-11-23', date_text: 'today' }],
    ['next friday', {}],
    ['monday or tuesday', {}],
  ])('%j holds %j', (said, slots) => {
    expect(understand(said, context).slots).toEqual(slots);
  });

  it('takes a bare answer for a name only after the question', () => {
    expect(understand('Anna Berg', { ...context, previous: 'What is your name?' }).slots).toEqual({
      name: 'Anna Berg',
    });
    expect(understand('Anna Berg', context).slots).toEqual({});
  });

  it('adds a country only where there is one country', () => {
    expect(understand('415 555 0123', { ...context, time_zone: 'Europe/Berlin' }).slots).toEqual({});
  });
});
