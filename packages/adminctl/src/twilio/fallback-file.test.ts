import { withDefaults } from '@receptionist/core';
import { expect, test } from 'vitest';
import { fallbackTwiml, thanksTwiml } from './fallback-file.ts';

const tenant = withDefaults({
  tenant_id: 't1',
  name: 'Dr. "Bob" & <Sons>',
  time_zone: 'UTC',
  numbers: ['+15005550006'],
  facts: { emergency_number: '911' },
  hand_off: { phones: ['+15005550009', '+15005550008'], ring_seconds: 25 },
});

const verbsIn = (document: string) => [...document.matchAll(/^ {2}<(\w+)/gm)].map(([, verb]) => verb);

test('a sentence, the hand-off phones together, then a recording that ends elsewhere', () => {
  const document = fallbackTwiml(tenant, 'fallback-thanks.xml');
  expect(verbsIn(document)).toEqual(['Say', 'Dial', 'Say', 'Record', 'Say']);
  expect(document).toContain(
    '<Dial timeout="25"><Number>+15005550009</Number><Number>+15005550008</Number></Dial>',
  );
  expect(document).toContain('<Record action="fallback-thanks.xml" method="GET"');
  expect(document).toContain('dial 9 1 1.');
  expect(document).toContain('Dr. &quot;Bob&quot; &amp; &lt;Sons&gt;');
  expect(verbsIn(thanksTwiml(tenant))).toEqual(['Say', 'Hangup']);
});

test('without hand-off phones nobody is told to hold', () => {
  const document = fallbackTwiml({ ...tenant, hand_off: { phones: [], ring_seconds: 20 } }, 'x.xml');
  expect(verbsIn(document)).toEqual(['Say', 'Say', 'Record', 'Say']);
  expect(document).not.toContain('hold the line');
});

test('Twilio rings ten phones at once, and no more', () => {
  const phones = Array.from({ length: 12 }, (_, i) => `+150055500${10 + i}`);
  const document = fallbackTwiml({ ...tenant, hand_off: { phones, ring_seconds: 20 } }, 'x.xml');
  expect(document.match(/<Number>/g)).toHaveLength(10);
});
