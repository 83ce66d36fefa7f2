import { describe, expect, it } from 'vitest';
import { callerNumber, isPhoneNumber } from './phone.ts';

describe('isPhoneNumber', () => {
  it.each(['+14155550123', '+493012345678', '+2901234'])('%s is one', (number) => {
    expect(isPhoneNumber(number)).toBe(true);
  });

  it.each([
    '14155550123',
    '+0155550123',
    '+141555',
    '+1234567890123456',
    '+1 415 555 0123',
    '+1415555012a',
    '',
  ])('%j is none', (text) => {
    expect(isPhoneNumber(text)).toBe(false);
  });
});

describe('callerNumber', () => {
  it.each([
    ['+14155550123', '+14155550123'],
    ['whatsapp:+14155550123', '+14155550123'],
    [' +14155550123 ', '+14155550123'],
  ])('%j calls from %s', (from, number) => {
    expect(callerNumber(from)).toBe(number);
  });

  it.each([
    'anonymous',
    'Anonymous',
    'unknown',
    'restricted',
    'unavailable',
    '+266696687',
    '+7378742833',
    '7378742833',
    '+8656696',
    '+86282452253',
    '+2562533',
    'client:anna',
    'sip:+14155550123@example.com',
    'whatsapp:anna',
    '',
    null,
    undefined,
  ])('%j withholds its number', (from) => {
    expect(callerNumber(from)).toBeNull();
  });
});
