import { expect, test } from 'vitest';
import { haltCondition, mustHalt } from './halt-condition.ts';
import type { Comparison, FiguresCompared } from './rollout-figures.ts';

test.each([
  ['escalation_rate > +20%', { metric: 'escalation_rate', limit: 0.2, relative: true }],
  ['  escalation_rate>+7.5% ', { metric: 'escalation_rate', limit: 0.075, relative: true }],
  ['escalation_rate > 15%', { metric: 'escalation_rate', limit: 0.15, relative: false }],
  ['turn_ms > +30 %', { metric: 'turn_ms', limit: 0.3, relative: true }],
  ['turn_ms > 1500ms', { metric: 'turn_ms', limit: 1500, relative: false }],
])('%s', (text, condition) => {
  expect(haltCondition(text)).toEqual(condition);
});

test.each([
  '',
  'escalation_rate',
  'escalation_rate < +20%',
  'escalation_rate > -20%',
  'escalation_rate > 20',
  'escalation_rate > 20ms',
  'turn_ms > 20%',
  'turn_ms > +20ms',
  'constructor > +20%',
  'escalation_rate > +20% and turn_ms > +20%',
  `escalation_rate > +${'9'.repeat(400)}%`,
])('%s is no condition', (text) => {
  expect(haltCondition(text)).toBeNull();
});

const NONE: Comparison = { on: null, off: null, change: null, verdict: 'too_few' };
const escalations = (comparison: Partial<Comparison>): FiguresCompared => ({
  escalation_rate: { on: 0.3, off: 0.2, change: 0.5, verdict: 'worse', ...comparison },
  booking_rate: NONE,
  turn_ms: NONE,
});

test.each<[string, Partial<Comparison>, boolean]>([
  ['escalation_rate > +20%', {}, true],
  ['escalation_rate > +50%', {}, false],
  ['escalation_rate > +20%', { verdict: 'no_difference' }, false],
  ['escalation_rate > +20%', { verdict: 'too_few' }, false],
  ['escalation_rate > +20%', { off: 0, change: null }, true],
  ['escalation_rate > 15%', { verdict: 'no_difference' }, true],
  ['escalation_rate > 15%', { verdict: 'too_few' }, false],
  ['escalation_rate > 30%', {}, false],
  ['turn_ms > 1500ms', {}, false],
])('%s, of %j: %s', (text, comparison, halts) => {
  const condition = haltCondition(text);
  expect(condition && mustHalt(condition, escalations(comparison))).toBe(halts);
});
