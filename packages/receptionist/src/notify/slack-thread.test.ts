import type { TimelineAction } from '@receptionist/core';
import { expect, test } from 'vitest';
import { threadReply } from './slack-thread.ts';

const event = (action: TimelineAction, detail: string | null = null) => ({
  ...{ at: '2026-11-24T18:00:00.000Z', actor: 'lex', action, detail },
});

test('each thing that happened has a line, in words that mention nobody', () => {
  const events = [
    ...[event('filed'), event('alerted', 'slack'), event('ack_missed'), event('alerted', 'call: kim')],
    ...[event('alerted', 'pagerduty'), event('acknowledged'), event('assigned', 'lex')],
    ...[event('noted', '<!channel> & co'), event('caller_left')],
  ];
  expect(threadReply(events)?.split('\n')).toEqual([
    'Nobody acknowledged it in time',
    'kim was called',
    'PagerDuty was told',
    'lex acknowledged it',
    'lex took it',
    'lex noted: &lt;!channel&gt; &amp; co',
    'The caller has hung up',
  ]);
});

test('where the message itself says all, there is nothing to say', () => {
  expect(
    threadReply([event('filed'), event('alerted', 'slack_mention'), event('alerted', 'log')]),
  ).toBeNull();
});

test('of very many things the last are told, and how many there were before', () => {
  const lines = threadReply(Array.from({ length: 100 }, () => event('noted', 'x'.repeat(1_000))))?.split(
    '\n',
  );
  expect(lines).toHaveLength(31);
  expect(lines?.[0]).toBe('(70 more before)');
  expect(lines?.join('').length).toBeLessThan(40_000);
});
