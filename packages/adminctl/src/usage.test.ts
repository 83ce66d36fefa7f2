import { expect, test } from 'vitest';
import { unknownCommand } from './usage.ts';

const COMMANDS = ['set-plan', 'fallback', 'fallback list', 'fallback note', 'tenant list'];

test.each([
  ['set-plna', 'Did you mean set-plan?'],
  ['falback list', 'Did you mean fallback list?'],
  ['fallback nope', 'Did you mean fallback note?'],
  ['set-plan foo', 'set-plan takes no argument: foo'],
  ['fallback list foo', 'fallback list takes no argument: foo'],
])('%s: %s', (typed, words) => {
  expect(unknownCommand(typed, COMMANDS).message).toContain(words);
});

test('what is near nothing gets no suggestion', () => {
  expect(unknownCommand('rollout', COMMANDS).message).toBe('There is no command "rollout".');
});
