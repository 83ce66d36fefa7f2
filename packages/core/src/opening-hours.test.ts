import { describe, expect, it } from 'vitest';
import {
  isOpen,
  localTime,
  nextOpening,
  type OpeningHours,
  parseSpan,
  sayHoursOfWeek,
  sayHoursOn,
  sayOpenNow,
} from './opening-hours.ts';
import { WEEKDAYS } from './tenant.ts';

const WEEKDAY = ['09:00-12:30', '13:30-17:00'];
const dental: OpeningHours = {
  time_zone: 'America/Los_Angeles',
  opening_hours: {
    monday: WEEKDAY,
    tuesday: WEEKDAY,
    wednesday: WEEKDAY,
    thursday: ['09:00-12:30', '13:30-19:00'],
    friday: ['09:00-15:00'],
    saturday: [],
    sunday: [],
  },
  closed_dates: ['2026-12-25', '2027-01-01'],
};

function everyDay(...spans: string[]): OpeningHours {
  const opening_hours = Object.fromEntries(
    WEEKDAYS.map((day) => [day, spans]),
  ) as OpeningHours['opening_hours'];
  return { time_zone: 'America/New_York', opening_hours, closed_dates: [] };
}

describe('parseSpan', () => {
  it.each([
    ['09:00-12:30', { from: 540, to: 750 }],
    ['00:00-24:00', { from: 0, to: 1440 }],
  ])('%s is a span', (text, span) => {
    expect(parseSpan(text)).toEqual(span);
  });

  it.each([
    '9:00-12:30',
    '12:30-09:00',
    '09:00-09:00',
    '09:00-24:01',
    '25:00-26:00',
    '09:60-10:00',
    '09:00',
    '',
    ' 09:00-10:00',
  ])('%j is none', (text) => {
    expect(parseSpan(text)).toBeNull();
  });
});

describe('whether a tenant is open', () => {
  it.each([
    ['2026-11-23T17:00:00.000Z', true, 'Monday, 9:00'],
    ['2026-11-23T16:59:59.000Z', false, 'a second before'],
    ['2026-11-23T20:30:00.000Z', false, 'the minute in which lunch begins'],
    ['2026-11-23T21:30:00.000Z', true, 'after lunch'],
    ['2026-11-24T01:00:00.000Z', false, 'Monday, 17:00; in UTC it is Tuesday'],
    ['2026-11-22T20:00:00.000Z', false, 'Sunday'],
    ['2026-12-25T18:00:00.000Z', false, 'a closed Friday'],
  ])('%s: %s (%s)', (now, open) => {
    expect(isOpen(dental, now)).toBe(open);
  });

  it('goes by the wall clock when the clocks change', () => {
    const night = everyDay('01:00-03:00');
    // New York, 1 November 2026: 01:30 comes twice; 8 March 2026: 02:30 never comes.
    expect(isOpen(night, '2026-11-01T05:30:00.000Z')).toBe(true);
    expect(isOpen(night, '2026-11-01T06:30:00.000Z')).toBe(true);
    expect(localTime('2026-03-08T07:00:00.000Z', 'America/New_York')).toEqual({
      date: '2026-03-08',
      minutes: 180,
    });
    expect(isOpen(night, '2026-03-08T07:00:00.000Z')).toBe(false);
  });

  it('counts midnight as the beginning of a day', () => {
    expect(localTime('2026-11-24T08:00:00.000Z', 'America/Los_Angeles')).toEqual({
      date: '2026-11-24',
      minutes: 0,
    });
    expect(isOpen(everyDay('00:00-24:00'), '2026-11-24T05:00:00.000Z')).toBe(true);
  });
});

describe('the next opening', () => {
  it('is later today, or on the next day that is not closed', () => {
    expect(nextOpening(dental, '2026-11-23T20:45:00.000Z')).toEqual({ date: '2026-11-23', minutes: 810 });
    expect(nextOpening(dental, '2026-12-25T02:00:00.000Z')).toEqual({ date: '2026-12-28', minutes: 540 });
  });

  it('is never for a tenant without hours', () => {
    expect(nextOpening(everyDay(), '2026-11-23T20:45:00.000Z')).toBeNull();
  });
});

describe('what the receptionist says', () => {
  const monday = '2026-11-23T18:00:00.000Z';

  it('about now', () => {
    expect(sayOpenNow(dental, monday)).toBe('We are open now, until 12:30 PM.');
    expect(sayOpenNow(dental, '2026-11-24T01:00:00.000Z')).toBe(
      'We are closed now; we open tomorrow, Tuesday, at 9 AM.',
    );
    expect(sayOpenNow(dental, '2026-11-23T20:45:00.000Z')).toBe(
      'We are closed now; we open today at 1:30 PM.',
    );
    expect(sayOpenNow(dental, '2026-11-28T20:00:00.000Z')).toBe(
      'We are closed now; we open on Monday at 9 AM.',
    );
    expect(sayOpenNow(everyDay('00:00-24:00'), monday)).toBe('We are open now.');
    expect(sayOpenNow(everyDay(), monday)).toBe('We are closed now.');
  });

  it('about a day', () => {
    expect(sayHoursOn(dental, '2026-11-23', monday)).toBe(
      'We are open today from 9 AM to 12:30 PM and from 1:30 PM to 5 PM.',
    );
    expect(sayHoursOn(dental, '2026-11-24', monday)).toMatch(/^We are open tomorrow, Tuesday, from 9 AM/);
    expect(sayHoursOn(dental, '2026-11-27', monday)).toBe('We are open on Friday from 9 AM to 3 PM.');
    expect(sayHoursOn(dental, '2026-11-28', monday)).toBe('We are closed on Saturday.');
    expect(sayHoursOn(dental, '2026-12-25', monday)).toBe('We are closed on Friday, December 25.');
  });

  it('about the week, with equal neighbours as one', () => {
    expect(sayHoursOfWeek(dental)).toBe(
      'We are open Monday to Wednesday from 9 AM to 12:30 PM and from 1:30 PM to 5 PM; Thursday from 9 AM to 12:30 PM and from 1:30 PM to 7 PM; Friday from 9 AM to 3 PM. We are closed on Saturday and Sunday.',
    );
    expect(sayHoursOfWeek(everyDay('00:00-24:00'))).toBe('We are open every day around the clock.');
    expect(sayHoursOfWeek(everyDay('10:00-11:00', '09:00-10:00'))).toBe(
      'We are open every day from 9 AM to 11 AM.',
    );
    expect(sayHoursOfWeek(everyDay())).toBe('We have no regular opening hours.');
  });
});
