import { type TurnContext, withDefaults } from '@receptionist/core';
import { expect, it } from 'vitest';
import { instructionsFor } from './prompt.ts';

const tenant = withDefaults({
  tenant_id: 't1',
  name: 'Northside Dental',
  time_zone: 'America/Los_Angeles',
  numbers: ['+15005550006'],
  facts: { address: '12 Harbor Street', wifi: 'floss' },
  opening_hours: { ...withDefaults({} as never).opening_hours, tuesday: ['09:00-17:00'] },
  closed_dates: ['2026-12-25'],
  services: [
    { name: 'checkup', minutes: 30, price: { amount: 9000, currency: 'USD' }, capacity: 2, also: ['exam'] },
  ],
  answers: [{ question: 'Is there parking?', answer: 'Yes, in the garage.' }],
  hand_off: { phones: ['+15005550009'], ring_seconds: 20 },
  twilio_account_sid: 'AC11111111111111111111111111111111',
  busy_calendar_url: 'https://calendar.example/secret.ics',
});

const context: TurnContext = {
  tenant,
  flags: [],
  channel: 'voice',
  caller: '+14155550123',
  textable: true,
  transferable: false,
  transcript: [],
  now: '2026-11-24T18:00:00.000Z',
};

it('holds what callers may know', () => {
  const instructions = instructionsFor(context);
  for (const known of [
    'Northside Dental',
    'on the phone',
    'Today is tuesday, 2026-11-24. We are open now, until 5 PM.',
    '2026-12-25',
    'address: 12 Harbor Street',
    'wifi: floss',
    'checkup (also: exam): 30 minutes, 90 dollars',
    'Is there parking? Yes, in the garage.',
  ])
    expect(instructions).toContain(known);
  expect(instructionsFor({ ...context, channel: 'sms' })).toContain('text messages');
});

it('holds nothing else of the tenant, nor who calls', () => {
  const instructions = instructionsFor(context);
  for (const secret of ['+15005550009', 'AC1111', 'calendar.example', '+14155550123', '#human-fallback'])
    expect(instructions).not.toContain(secret);
});
