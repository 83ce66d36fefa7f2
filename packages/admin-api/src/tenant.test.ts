import { Problem, withDefaults } from '@receptionist/core';
import { expect, test } from 'vitest';
import { tenantAnswer, tenantBody } from './tenant.ts';
import { validated } from './validation.ts';

const LEAST = {
  tenant_id: 't1',
  name: 'Northside Dental',
  time_zone: 'America/Los_Angeles',
  numbers: ['+15005550006'],
};

const mistakes = (more: object) => {
  try {
    validated(tenantBody, { ...LEAST, ...more }, 'invalid_body');
    return [];
  } catch (error) {
    return error instanceof Problem ? error.errors.map(({ path }) => path) : [String(error)];
  }
};

test('the least that a tenant must say becomes a whole one, with the defaults of core', () => {
  expect(validated(tenantBody, LEAST, 'invalid_body')).toEqual({
    ...withDefaults(LEAST),
    greeting: undefined,
  });
});

test('a whole tenant is read as it was written', () => {
  const tenant = withDefaults({
    ...LEAST,
    facts: { address: '12 Harbor Street', emergency_number: '911' },
    opening_hours: { ...withDefaults(LEAST).opening_hours, monday: ['09:00-12:30', '13:30-24:00'] },
    closed_dates: ['2026-12-25'],
    services: [
      { name: 'checkup', minutes: 30, price: { amount: 9000, currency: 'USD' }, capacity: 2, also: ['exam'] },
    ],
    answers: [{ question: 'Is there parking?', answer: 'Yes.' }],
    hand_off: { phones: ['+15005550009'], ring_seconds: 25 },
    busy_calendar_url: 'https://calendar.example/busy.ics',
    twilio_account_sid: `AC${'0'.repeat(32)}`,
  });
  expect(validated(tenantBody, tenant, 'invalid_body')).toEqual(tenant);
  expect(tenantAnswer.parse(tenant)).toEqual(tenant);
});

test('half a thing takes the other half from the defaults', () => {
  const body = {
    ...LEAST,
    hand_off: { phones: ['+15005550009'] },
    services: [{ name: 'checkup', minutes: 30 }],
  };
  expect(validated(tenantBody, body, 'invalid_body')).toMatchObject({
    hand_off: { ring_seconds: 20 },
    services: [{ price: null, capacity: 1, also: [] }],
  });
});

test.each<[string, object, string]>([
  ['an id with a slash', { tenant_id: 't/1' }, 'tenant_id'],
  ['an id beyond 64 characters', { tenant_id: 't'.repeat(65) }, 'tenant_id'],
  ['no name', { name: undefined }, 'name'],
  ['a blank name', { name: ' ' }, 'name'],
  ['a name with a control character', { name: 'North\u0007side' }, 'name'],
  ['an unknown plan', { plan: 'gold' }, 'plan'],
  ['a time zone of nowhere', { time_zone: 'Mars/Olympus' }, 'time_zone'],
  ['an offset for a time zone', { time_zone: '-08:00' }, 'time_zone'],
  ['a locale that is none', { locale: 'english please' }, 'locale'],
  ['a number without country code', { numbers: ['5550006'] }, 'numbers.0'],
  ['a number twice', { numbers: ['+15005550006', '+15005550006'] }, 'numbers.1'],
  ['a greeting without end', { greeting: 'x'.repeat(1001) }, 'greeting'],
  ['a fact that is no text', { facts: { address: 12 } }, 'facts.address'],
  ['a fact without a name', { facts: { '': 'x' } }, 'facts.'],
  [
    'a hundred and one facts',
    { facts: Object.fromEntries([...Array(101).keys()].map((i) => [`f${i}`, 'x'])) },
    'facts',
  ],
  ['an unknown weekday', { opening_hours: { caturday: [] } }, 'opening_hours.caturday'],
  ['hours without a zero', { opening_hours: { monday: ['9:00-12:00'] } }, 'opening_hours.monday.0'],
  [
    'hours that end before they begin',
    { opening_hours: { monday: ['22:00-02:00'] } },
    'opening_hours.monday.0',
  ],
  [
    'hours that overlap',
    { opening_hours: { monday: ['09:00-12:00', '11:00-13:00'] } },
    'opening_hours.monday',
  ],
  ['a date that is none', { closed_dates: ['2026-02-30'] }, 'closed_dates.0'],
  [
    'a service twice',
    {
      services: [
        { name: 'Exam', minutes: 5 },
        { name: 'exam', minutes: 5 },
      ],
    },
    'services.1',
  ],
  [
    'a price in pieces',
    { services: [{ name: 'x', minutes: 5, price: { amount: 1.5, currency: 'USD' } }] },
    'services.0.price.amount',
  ],
  [
    'a currency of nowhere',
    { services: [{ name: 'x', minutes: 5, price: { amount: 1, currency: 'usd' } }] },
    'services.0.price.currency',
  ],
  [
    'steps at the same time',
    {
      escalation: {
        standard: [
          { after_minutes: 1, notify: ['slack'] },
          { after_minutes: 1, notify: ['call'] },
        ],
      },
    },
    'escalation.standard',
  ],
  ['no steps', { escalation: { critical: [] } }, 'escalation.critical'],
  [
    'an unknown channel',
    { escalation: { critical: [{ after_minutes: 0, notify: ['pigeon'] }] } },
    'escalation.critical.0.notify.0',
  ],
  [
    'a step that tells nobody',
    { escalation: { critical: [{ after_minutes: 0, notify: [] }] } },
    'escalation.critical.0.notify',
  ],
  ['engaging before acknowledging', { sla: { critical: { acknowledge: 5, engage: 2 } } }, 'sla.critical'],
  ['no time at all', { sla: { critical: { acknowledge: 0, engage: 2 } } }, 'sla.critical.acknowledge'],
  ['an account id that is none', { twilio_account_sid: 'SK123' }, 'twilio_account_sid'],
  ['a calendar in a file', { busy_calendar_url: 'file:///etc/passwd' }, 'busy_calendar_url'],
  ['an unknown mode of voice', { voice: { mode: 'carrier' } }, 'voice.mode'],
  ['half a day of retention', { retention_days: 0.5 }, 'retention_days'],
  ['a member that we do not know', { colour: 'red' }, 'colour'],
])('%s is refused where it stands', (_what, more, path) => {
  expect(mistakes(more)).toEqual([path]);
});
