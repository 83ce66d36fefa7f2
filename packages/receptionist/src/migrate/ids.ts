/** Migrations as people name them: by the whole id, or by its number. */
import { nearest } from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';

/** @throws Problem `not_found` */
export function theMigration(typed: string, ids: readonly string[]): string {
  const found =
    ids.find((id) => id === typed) ?? ids.find((id) => id.split('_', 1)[0] === typed.padStart(4, '0'));
  if (found) return found;
  const meant = nearest(typed, ids);
  throw new Problem(
    'not_found',
    `There is no migration "${typed}" here.${meant ? ` Did you mean ${meant}?` : ''} receptionistd migrate status lists them.`,
  );
}
