/** One way to check what came in, and one wording for what does not fit. */
import { type FieldError, Problem } from '@receptionist/core';
import type { z } from 'zod';
import { notOneOf } from './suggestion.ts';

/** Enough to mend a body with; a list of a thousand wrong items would bury the first. */
const MOST_ERRORS = 50;

type Issue = z.core.$ZodIssue;

/** @throws Problem with `code` and every mistake in `errors` */
export function validated<S extends z.ZodType>(
  schema: S,
  input: unknown,
  code: 'invalid_body' | 'invalid_parameter',
): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(
    code,
    result.error.issues.flatMap((issue) => fieldErrors(issue, input)),
  );
}

/** The problem that lists these mistakes; the first stands in the detail too. */
export function invalid(code: 'invalid_body' | 'invalid_parameter', errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const place = first?.path ? `${first.path}: ` : '';
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem(code, `${place}${first?.message ?? 'does not fit'}${others}`, {
    errors: errors.slice(0, MOST_ERRORS),
  });
}

function fieldErrors(issue: Issue, input: unknown): FieldError[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: 'There is no such member here.',
    }));
  }
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  const found = valueAt(input, issue.path);
  if (found === undefined) return [{ path, message: 'It is missing.' }];
  if (issue.code === 'invalid_value' && typeof found === 'string') {
    return [{ path, message: notOneOf(found, issue.values.map(String)) }];
  }
  return [{ path, message: issue.message }];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}
