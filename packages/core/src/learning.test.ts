import { describe, expect, it } from 'vitest';
import { type Step, takeTurn } from './conversation.ts';
import { learnAnswer, learnPhrase } from './learning.ts';
import { type Tenant, withDefaults } from './tenant.ts';

const NOW = '2026-11-24T18:00:00.000Z';

const dentist = withDefaults({
  tenant_id: 't1',
  name: 'Northside Dental',
  time_zone: 'America/Los_Angeles',
  numbers: ['+15005550006'],
  facts: { address: '12 Harbor Street' },
  services: [
    { name: 'checkup', minutes: 30, price: { amount: 9000, currency: 'USD' }, capacity: 1, also: [] },
  ],
  answers: [{ question: 'Is there parking?', answer: 'Yes, two hours free in the garage.' }],
});

function saysTo(tenant: Tenant, text: string): Step {
  return takeTurn(
    null,
    { kind: 'speech', text, confidence: null },
    {
      ...{
        tenant,
        flags: [],
        channel: 'voice',
        caller: '+14155550123',
        textable: false,
        transferable: false,
      },
      ...{ transcript: [], now: NOW },
    },
  );
}

describe('a learned answer', () => {
  const veneers = { question: 'Do you do veneers?', answer: 'We do, from 900 dollars.' };

  it('is heard by whoever asks in other words, and changes nothing else', () => {
    const learned = learnAnswer(dentist, veneers, NOW);
    expect(saysTo(learned, 'hi I wanted to know about veneers').say).toContain(veneers.answer);
    expect(saysTo(learned, 'Is there parking?').say).toEqual(saysTo(dentist, 'Is there parking?').say);
  });

  it.each([
    ['hello', /no word by which/],
    ['what can you do?', /no word by which/],
    ['What is the price?', /also take "What is the price of a checkup\?"/],
    ['Where can I park my car?', /is answered already: "Yes, two hours free/],
    ['Can I talk to a person?', /is taken for something else \(talk to human\)/],
  ])('is refused where it would take what is meant otherwise: %s', (question, why) => {
    expect(() => learnAnswer(dentist, { question, answer: 'Sure thing.' }, NOW)).toThrow(why);
  });

  it('is refused where the question has an answer', () => {
    const again = { question: 'Is there any parking', answer: 'No.' };
    expect(() => learnAnswer(dentist, again, NOW)).toThrow(
      expect.objectContaining({ code: 'already_exists', message: expect.stringContaining('two hours free') }),
    );
  });
});

describe('a learned phrase', () => {
  const crown = { phrase: 'my crown came off', reason: 'emergency' } as const;

  it('alerts a person at once for its reason, in other words too', () => {
    const learned = learnPhrase(dentist, crown, NOW);
    expect(saysTo(dentist, 'I think the crown came off last night').escalate).toBeNull();
    expect(saysTo(learned, 'I think the crown came off last night').escalate).toMatchObject({
      reason: 'emergency',
    });
    expect(saysTo(learned, 'Is there parking?').escalate).toBeNull();
  });

  it('says in the alert which phrase it was', () => {
    const learned = learnPhrase(dentist, { phrase: 'the paper you mailed', reason: 'payment' }, NOW);
    expect(saysTo(learned, 'about that paper you mailed').escalate?.summary).toContain(
      'something like "the paper you mailed"',
    );
  });

  it.each([
    ['hello there', /no word by which/],
    ['leave a message for the doctor', /also take "I would like to leave a message\."/],
    ['parking', /also take "Is there parking\?"/],
    ['no', /also take "No\."/],
    ['bye', /also take "Bye\."/],
    ['the name', /also take "My name is/],
    ['call', /also take "Please call me back\."/],
  ])('is refused where it would take what is meant otherwise: %s', (phrase, why) => {
    expect(() => learnPhrase(dentist, { phrase, reason: 'payment' }, NOW)).toThrow(why);
  });

  it('may begin with what callers answer', () => {
    const learned = learnPhrase(dentist, { phrase: 'no hot water', reason: 'complaint' }, NOW);
    expect(saysTo(learned, 'No.').escalate).toBeNull();
    expect(saysTo(learned, 'there is no hot water').escalate).toMatchObject({ reason: 'complaint' });
  });

  it('is refused where what it takes would only go to somebody for another reason', () => {
    const phrase = { phrase: 'pay my bill', reason: 'complaint' } as const;
    expect(() => learnPhrase(dentist, phrase, NOW)).toThrow(/also take "I would like to pay my bill\."/);
  });

  it('is refused where it is one already', () => {
    const learned = learnPhrase(dentist, crown, NOW);
    expect(() => learnPhrase(learned, { phrase: 'My crown came off!', reason: 'payment' }, NOW)).toThrow(
      expect.objectContaining({ code: 'already_exists', message: expect.stringContaining('for emergency') }),
    );
  });
});
