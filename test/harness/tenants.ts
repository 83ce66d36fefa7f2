/** The tenants that tests speak of. */
import { type Tenant, type TenantInput, withDefaults } from '@receptionist/core';

export const NORTHSIDE: TenantInput = {
  tenant_id: 't1',
  name: 'Northside Dental',
  plan: 'free',
  time_zone: 'America/Los_Angeles',
  numbers: ['+15005550006'],
  greeting: 'Thank you for calling Northside Dental.',
  facts: {
    address: '12 Harbor Street, Oakland, California',
    website: 'https://northside.example',
    emergency_number: '911',
  },
  opening_hours: {
    monday: ['09:00-12:30', '13:30-17:00'],
    tuesday: ['09:00-12:30', '13:30-17:00'],
    wednesday: ['09:00-12:30', '13:30-17:00'],
    thursday: ['09:00-12:30', '13:30-19:00'],
    friday: ['09:00-15:00'],
    saturday: [],
    sunday: [],
  },
  closed_dates: ['2026-12-25', '2027-01-01'],
  services: [
    {
      name: 'checkup',
      minutes: 30,
      price: { amount: 9000, currency: 'USD' },
      capacity: 2,
      also: ['exam', 'check-up'],
    },
    {
      name: 'cleaning',
      minutes: 45,
      price: { amount: 12000, currency: 'USD' },
      capacity: 1,
      also: ['teeth cleaning', 'polish'],
    },
  ],
  answers: [
    { question: 'Do you take insurance?', answer: 'We take Delta Dental, Cigna and MetLife.' },
    { question: 'Is there parking?', answer: 'Yes, two hours free in the garage behind the building.' },
  ],
  hand_off: { phones: ['+15005550009'], ring_seconds: 20 },
};

export function northside(changes: Partial<Tenant> = {}): Tenant {
  return withDefaults({ ...NORTHSIDE, ...changes });
}
