import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, maskPhone, maskSensitive } from './privacy.ts';

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Digits whose last one makes them pass the Luhn check. */
const cardNumber = fc
  .tuple(fc.constantFrom('4', '51', '37', '6011'), fc.integer({ min: 13, max: 19 }))
  .chain(([prefix, length]) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), {
        minLength: length - prefix.length - 1,
        maxLength: length - prefix.length - 1,
      })
      .map((digits) => withCheckDigit(prefix + digits.join(''))),
  );

function withCheckDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

const grouped = (card: string, separator: string) => (card.match(/\d{1,4}/g) ?? []).join(separator);
const spelled = (card: string) => [...card].map((digit) => WORDS[Number(digit)]).join(' ');

describe('maskSensitive masks', () => {
  it.each([
    ['my card is 4111 1111 1111 1111', 'my card is [card number]'],
    ['4111-1111-1111-1111.', '[card number].'],
    ['4111.1111.1111.1111', '[card number]'],
    ['amex 3782 822463 10005', 'amex [card number]'],
    ['four one one one one one one one one one one one one one one one', '[card number]'],
    ['4111 1111 uh 1111 and then 1111', '[card number]'],
    ['four triple one uh 1111 double one double one 1111', '[card number]'],
    ['forty one eleven eleven eleven eleven eleven eleven eleven', '[card number]'],
    ['4111 1111 1111 1111 12 26 123', '[card number]'],
    ['4111111111111111 cvv 123', '[card number] cvv [security code]'],
    ['the security code on the back is one two three', 'the security code on the back is [security code]'],
    ['CVC: 1234, thanks', 'CVC: [security code], thanks'],
    ['123-45-6789', '[social security number]'],
    ['my social security number is 123456789', 'my social security number is [social security number]'],
    ['DE89 3704 0044 0532 0130 00 please', '[bank account] please'],
    ['GB82WEST12345698765432', '[bank account]'],
    ['my PIN is 4 4 1 1', 'my PIN is [PIN]'],
    ['my password is hunter2 and I want to book', 'my password is [password] and I want to book'],
    ['password: correct horse. Bye', 'password: [password]. Bye'],
  ])('%s', (said, masked) => {
    expect(maskSensitive(said)).toBe(masked);
  });

  it('any card number, however it is written or said', () => {
    fc.assert(
      fc.property(cardNumber, fc.constantFrom('', ' ', '-', '.', ', ', ' uh '), (card, separator) => {
        expect(maskSensitive(`it is ${grouped(card, separator)} ok?`)).toBe('it is [card number] ok?');
        expect(maskSensitive(`it is ${spelled(card)} thanks`)).toBe('it is [card number] thanks');
      }),
    );
  });
});

describe('maskSensitive leaves', () => {
  it.each([
    'call +14155550123 or +8613812345678 or +49 1512 3456789',
    '(415) 555-0123, 415.555.0199',
    '4155550123 and 4155550199',
    '415 555 0123, 415 555 0199, 415 555 0142',
    'four one five five five five oh one two three or four one five five five five oh one nine nine',
    'plus four four two oh seven nine four six oh nine five eight',
    'dial 011 44 20 7946 0958',
    'from 9:00-12:30 and 13:30-17:00',
    'at 9 30 and 10 15 and 11 45 and 12 30',
    '2026-11-22 or 2026-12-25 or 2027-01-01',
    '12-25-2026, 01.01.2027',
    'it is 90.00, 120.00, 210.00 and 45.00',
    '$1,200.00 or 1300 dollars',
    'my password is not working',
    'I forgot my pin',
    'room AB12 on the second floor',
    'order 123456789',
  ])('%s', (said) => {
    expect(maskSensitive(said)).toBe(said);
  });

  it('any American number, said or written', () => {
    const digit = fc.integer({ min: 0, max: 9 });
    const high = fc.integer({ min: 2, max: 9 });
    const number = fc
      .tuple(high, digit, digit, high, digit, digit, digit, digit, digit, digit)
      .map((all) => all.join(''));
    fc.assert(
      fc.property(number, number, (one, other) => {
        const [a, b, c] = [one.slice(0, 3), one.slice(3, 6), one.slice(6)];
        for (const said of [
          `+1${one}`,
          `(${a}) ${b}-${c}`,
          `${a}-${b}-${c} and 1 ${other}`,
          `${spelled(one)} or ${spelled(other)}`,
        ]) {
          expect(maskSensitive(`call ${said}.`)).toBe(`call ${said}.`);
        }
      }),
    );
  });
});

describe('maskSensitive', () => {
  const pieces = fc.constantFrom(
    '4111 1111 1111 1111', '415-555-0123', 'cvv ', ' is ', 'four ', 'one ', '123', '-', ' ', 'my pin ', 'password: ', 'ssn ', '[card number]',
    'DE89370400440532013000', '+', '\ud800', '\u0000', 'and ', '.', 'double ', 'security code ', '🦷', '7',
  ); // biome-ignore format: a list
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
  );

  it('changes nothing the second time, whatever the text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const masked = maskSensitive(text);
        expect(maskSensitive(masked)).toBe(masked);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '1 ',
    '4',
    'one ',
    'AA00 ',
    'cvv ',
    'password is ',
    'pass word for a a ',
    '4 and ',
    '4111 1111 1111 1111 ',
    '123-45-',
    ' ',
  ])('reads 100 kB of %j in no more than some ten times as long as 10 kB', (unit) => {
    const time = (length: number) => {
      const text = unit.repeat(length / unit.length);
      const begun = performance.now();
      maskSensitive(text);
      return performance.now() - begun;
    };
    time(10_000);
    // A quadratic one takes a hundred times as long: many seconds.
    expect(time(100_000)).toBeLessThan(2_000);
  });
});

describe('cleanText', () => {
  it.each([
    ['  a \n\t b  ', 'a b'],
    ['a\u0000b\u0007', 'ab'],
    ['a\ud800b\udc00', 'ab'],
    ['cafe\u0301', 'café'],
    ['a\u202eb\ufffe\u200bc', 'abc'],
    ['🦷🦷', '🦷🦷'],
    ['\u0001', ''],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanText(text, 100)).toBe(clean);
  });

  it('cuts between characters', () => {
    expect(cleanText('ab🦷c', 3)).toBe('ab');
    expect(cleanText('ab🦷c', 4)).toBe('ab🦷');
  });

  it('gives short, well-formed text that is clean already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 20 }), (text, limit) => {
        const clean = cleanText(text, limit);
        expect(clean.length).toBeLessThanOrEqual(limit);
        expect(clean.isWellFormed()).toBe(true);
        expect(cleanText(clean, limit)).toBe(clean);
      }),
    );
  });
});

it('maskPhone keeps the last four digits', () => {
  expect(maskPhone('+14155550123')).toBe('+*******0123');
});
