import { expect, it } from 'vitest';
import { isPlan, PLANS } from './plans.ts';
import { Problem } from './problem.ts';
import { WEEKDAYS, withDefaults } from './tenant.ts';

const least = { tenant_id: 'a', name: 'A', time_zone: 'UTC', numbers: ['+15005550006'] };

it('a tenant that says only what it must is whole', () => {
  const tenant = withDefaults(least);
  expect(tenant).toMatchObject({
    ...least,
    plan: 'free',
    greeting: 'Thank you for calling A.',
    retention_days: 365,
  });
  expect(WEEKDAYS.map((day) => tenant.opening_hours[day])).toEqual(WEEKDAYS.map(() => []));
});

it('what a tenant says counts, and the days it leaves out are closed', () => {
  const tenant = withDefaults({
    ...least,
    greeting: 'Hi.',
    opening_hours: { monday: ['09:00-10:00'] } as never,
  });
  expect(tenant.greeting).toBe('Hi.');
  expect(tenant.opening_hours).toMatchObject({ monday: ['09:00-10:00'], sunday: [] });
});

it('two tenants share nothing that one of them could change', () => {
  const [one, other] = [withDefaults(least), withDefaults(least)];
  one.opening_hours.monday.push('09:00-10:00');
  one.escalation.standard.pop();
  expect(other).toEqual(withDefaults(least));
});

it.each([...PLANS])('%s is a plan', (name) => {
  expect(isPlan(name)).toBe(true);
});

it.each(['Free', 'gold', '', 'toString'])('%j is no plan', (name) => {
  expect(isPlan(name)).toBe(false);
});

it('a problem carries its code, its places and its cause', () => {
  const cause = new Error('disk');
  const problem = new Problem('invalid_body', 'bad', {
    errors: [{ path: 'a.0', message: 'no' }],
    details: { x: 1 },
    cause,
  });
  expect(problem).toMatchObject({
    code: 'invalid_body',
    message: 'bad',
    errors: [{ path: 'a.0', message: 'no' }],
    details: { x: 1 },
    cause,
  });
  expect(Object.hasOwn(new Problem('internal', 'bad'), 'cause')).toBe(false);
});
