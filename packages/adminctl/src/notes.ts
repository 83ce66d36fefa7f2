/** Notes as they are given: the words behind a flag, or stdin where `-` stands. Checked before anything is sent. */
import { MOST_NOTES } from '@receptionist/admin-api';
import { CommandError } from './failure.ts';
import { readStdin } from './stdin.ts';

/** `ids`: as they were typed, since stdin can hold only one of both. @throws CommandError `usage` */
export async function givenNotes(
  typed: string,
  { flag, ids, read = readStdin }: { flag: string; ids: string[]; read?: () => Promise<string> },
): Promise<string> {
  if (typed === '-' && ids.includes('-')) {
    throw new CommandError('usage', `Stdin has the ids already, so ${flag} - finds nothing.`, asWords(flag));
  }
  const notes = (typed === '-' ? await read() : typed).trim();
  const flaw = flawOf(notes);
  if (flaw) throw new CommandError('usage', `${flag} ${flaw}`, asWords(flag));
  return notes;
}

/** What is wrong with them, as the end of a sentence, or null. */
export function flawOf(notes: string): string | null {
  if (notes.trim() === '') return 'is blank; a few words will do.';
  if (notes.length <= MOST_NOTES) return null;
  return `has ${notes.length} characters; an entry takes ${MOST_NOTES} at once.`;
}

function asWords(flag: string): string {
  return `For example: ${flag} "called back, booked for Tuesday at 10"`;
}
