import { PROBLEMS, Problem, type ProblemCode } from '@receptionist/core';
import { expect, test } from 'vitest';
import { CommandError, exitCodeOf, explain } from './failure.ts';

/** What the contract says of exit codes, by the status that the daemon answers with. */
const BY_STATUS: Record<number, number> = { 400: 2, 401: 4, 403: 4, 404: 3, 409: 5, 413: 2 };

test.each(Object.keys(PROBLEMS) as ProblemCode[])('%s ends with the exit code of its kind', (code) => {
  const failure = explain(new Problem(code, 'said by the daemon'));
  expect(failure).toMatchObject({ code, message: 'said by the daemon' });
  const expected = BY_STATUS[PROBLEMS[code].status];
  if (expected !== undefined) expect(exitCodeOf(failure)).toBe(expected);
  expect(exitCodeOf(failure)).not.toBe(0);
});

test('a daemon that cannot be reached is 6, Ctrl-C at a question 130, anything else 1', () => {
  const named = (name: string) => Object.assign(new Error('said'), { name });
  expect(exitCodeOf(explain(named('Unreachable')))).toBe(6);
  expect(exitCodeOf(explain(new Problem('unavailable', 'no database')))).toBe(6);
  expect(exitCodeOf(explain(named('ExitPromptError')))).toBe(130);
  expect(exitCodeOf(explain(new TypeError('a mistake of ours')))).toBe(1);
});

test('several mistakes in a body are all named, one alone as the daemon put it', () => {
  const one = { path: 'plan', message: 'is none' };
  expect(explain(new Problem('invalid_body', 'plan: is none', { errors: [one] })).message).toBe(
    'plan: is none',
  );
  const two = [one, { path: '', message: 'is empty' }];
  expect(explain(new Problem('invalid_body', 'plan: is none', { errors: two })).message).toBe(
    'The body does not fit:\n  plan: is none\n  body: is empty',
  );
});

test('a failure on our side of the daemon names the request', () => {
  const problem = new Problem('internal', 'Something failed.', { details: { request_id: 'rq-1' } });
  expect(explain(problem).hint).toContain('rq-1');
});

test('our own failures keep their hint', () => {
  expect(explain(new CommandError('no_key', 'none', 'run init'))).toEqual({
    code: 'no_key',
    message: 'none',
    hint: 'run init',
  });
});
