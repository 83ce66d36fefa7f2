import { expect, test } from 'vitest';
import { unknownCommand } from './usage.ts';

const COMMANDS = [
  ...['set-plan', 'fallback', 'fallback list', 'fallback ack', 'fallback note', 'fallback export'],
  ...['tenant list', 'migrate backfill start'],
];

test.each([
  ['set-plna', 'Did you mean set-plan?'],
  ['falback list', 'Did you mean fallback list?'],
  ['fallback nope', 'Did you mean fallback note?'],
  ['falback ack 7k2m9q', 'no command "falback ack". Did you mean fallback ack?'],
  ['fallback akc 7k2m9q', 'no command "fallback akc". Did you mean fallback ack?'],
  ['fallback acknowledge 7k2m9q', 'no command "fallback acknowledge". Did you mean fallback ack?'],
  ['fallback exp', 'Did you mean fallback export?'],
  ['tennant list', 'Did you mean tenant list?'],
  ['migrate backfill strat 0007', 'Did you mean migrate backfill start?'],
  ['set-plan foo', 'set-plan takes no argument: foo'],
  ['fallback list foo', 'fallback list takes no argument: foo'],
])('%s: %s', (typed, words) => {
  expect(unknownCommand(typed, COMMANDS).message).toContain(words);
});

test.each(['rollout', 'fallback q3y8rj', 'fallback close 7k2m9q'])('%s is near nothing', (typed) => {
  expect(unknownCommand(typed, COMMANDS).message).toMatch(/^There is no command "[^"]+"\.$/);
});
