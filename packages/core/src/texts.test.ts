import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLaterStatus, keywordOf, splitIntoTexts, undeliveredBecause } from './texts.ts';

describe('keywords', () => {
  it.each(['STOP', 'stopall', 'Unsubscribe', ' cancel ', 'end', 'QUIT', 'Stop.'])('%s stops', (word) => {
    expect(keywordOf(word, { optedOut: false })).toBe('stop');
  });

  it.each(['START', 'unstop', 'Yes'])('%s starts again, for who has stopped', (word) => {
    expect(keywordOf(word, { optedOut: true })).toBe('start');
    expect(keywordOf(word, { optedOut: false })).toBeNull();
  });

  it.each(['stop calling me', 'cancel my appointment', 'I need help', 'the end', ''])(
    '%j is for us',
    (text) => {
      expect(keywordOf(text, { optedOut: false })).toBeNull();
    },
  );

  it.each(['HELP', 'info'])('%s asks who we are', (word) => {
    expect(keywordOf(word, { optedOut: false })).toBe('help');
  });
});

describe('texts', () => {
  it('are one where a phone shows it well, else end with a sentence', () => {
    const sentence = `${'word '.repeat(30)}end.`;
    expect(splitIntoTexts(['Hello.', 'We are open.'])).toEqual(['Hello. We are open.']);
    expect(splitIntoTexts([`${sentence} ${sentence}`, sentence])).toEqual([
      `${sentence} ${sentence}`,
      sentence,
    ]);
    expect(splitIntoTexts([])).toEqual([]);
  });

  it('are longer rather than more than ten, and none is longer than Twilio takes', () => {
    expect(splitIntoTexts(Array.from({ length: 20 }, () => `${'a'.repeat(300)}.`)).length).toBe(4);
    expect(splitIntoTexts(['x'.repeat(3_500)]).map(({ length }) => length)).toEqual([1_600, 1_600, 300]);
  });

  it('lose no word and cut no character in two', () => {
    const say = fc.array(fc.string({ unit: 'grapheme', maxLength: 2_500 }), { maxLength: 4 });
    fc.assert(
      fc.property(say, (sentences) => {
        const texts = splitIntoTexts(sentences);
        for (const text of texts) {
          expect(text.length).toBeLessThanOrEqual(1_600);
          expect(text.isWellFormed()).toBe(true);
        }
        const bare = (parts: readonly string[]) => parts.join('').replace(/\s/g, '');
        expect(bare(texts)).toBe(bare(sentences));
      }),
      { numRuns: 200 },
    );
  });
});

describe('what became of a text', () => {
  it('only goes on', () => {
    expect(isLaterStatus('queued', null)).toBe(true);
    expect(isLaterStatus('delivered', 'sent')).toBe(true);
    expect(isLaterStatus('read', 'delivered')).toBe(true);
    expect(isLaterStatus('sent', 'delivered')).toBe(false);
    expect(isLaterStatus('undelivered', 'delivered')).toBe(false);
  });

  it('is told in words', () => {
    expect(undeliveredBecause(30006)).toBe('landline: 30006');
    expect(undeliveredBecause(30999)).toBe('error: 30999');
    expect(undeliveredBecause(null)).toBe('no reason given');
  });
});
