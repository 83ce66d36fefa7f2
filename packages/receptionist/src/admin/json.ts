/** Bytes of a body into a value, refusing what would do harm later on. */
import { invalid } from '@receptionist/admin-api';

/** Nothing of ours is nested deeper than eight; JSON.stringify overflows the stack at some thousands. */
const DEEPEST = 32;

/**
 * A name that stands twice in an object counts with its last value, as JSON.parse has it.
 * @throws Problem `invalid_body`
 */
export function readJson(bytes: Uint8Array): unknown {
  const value = parsed(decoded(bytes));
  refuseHarmful(value, []);
  return value;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('The body is not UTF-8.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 says where, and shows a few letters of what the sender sent.
    throw refused(`The body is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

function refuseHarmful(value: unknown, path: readonly string[]): void {
  if (path.length > DEEPEST) throw refused(`It is nested deeper than ${DEEPEST} levels.`, path.slice(0, 3));
  if (typeof value === 'string' && !isStorable(value)) {
    throw refused('It holds a NUL or half of a surrogate pair, which databases cannot keep.', path);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__' || !isStorable(name))
      throw refused(`${JSON.stringify(name)} cannot be the name of a member.`, path);
    refuseHarmful(member, [...path, name]);
  }
}

/** Postgres refuses both in text and jsonb. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function refused(message: string, path: readonly string[] = []) {
  return invalid('invalid_body', [{ path: path.join('.'), message }]);
}
