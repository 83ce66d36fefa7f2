import { describe, expect, it } from 'vitest';
import { sayList, sayMoney, sayPhone, sayTime } from './spoken.ts';

describe('spoken values', () => {
  it.each([
    [0, 'midnight'],
    [5, '12:05 AM'],
    [540, '9 AM'],
    [720, 'noon'],
    [750, '12:30 PM'],
    [1439, '11:59 PM'],
    [1440, 'midnight'],
  ])('%i minutes after midnight is %s', (minutes, said) => {
    expect(sayTime(minutes)).toBe(said);
  });

  it.each([
    [9000, 'USD', '90 dollars'],
    [100, 'USD', '1 dollar'],
    [105, 'USD', '1 dollar and 5 cents'],
    [50, 'USD', '50 cents'],
    [0, 'USD', '0 dollars'],
    [123450, 'USD', '1,234 dollars 50'],
    [1250, 'EUR', '12 euros 50'],
    [201, 'GBP', '2 pounds and 1 penny'],
    [500, 'JPY', '500 Japanese yen'],
    [9000, 'CHF', '90 Swiss francs'],
  ])('%i %s is %s', (amount, currency, said) => {
    expect(sayMoney({ amount, currency })).toBe(said);
  });

  it('reads a phone number digit by digit', () => {
    expect(sayPhone('+14155550123')).toBe('4 1 5, 5 5 5, 0 1 2 3');
    expect(sayPhone('+4930123456')).toBe('plus 4 9 3, 0 1 2, 3 4 5, 6');
  });

  it('lists', () => {
    expect([sayList([]), sayList(['a']), sayList(['a', 'b']), sayList(['a', 'b', 'c'], 'or')]).toEqual([
      '',
      'a',
      'a and b',
      'a, b or c',
    ]);
  });
});
