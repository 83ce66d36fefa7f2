/**
 * Migrations as people name them: by the whole id, or by its number. Tenants' schemas count by themselves; `tenants/` or `shared/`
 * says whose is meant where both have one of that name.
 */
import { nearest } from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';
import type { Series } from '@receptionist/store/migrate';

interface Known {
  series: Series;
  id: string;
}

/** @throws Problem `not_found`, `invalid_parameter` for what may be either of two */
export function theMigration(typed: string, ids: Readonly<Record<Series, readonly string[]>>): Known {
  const [, series, name = ''] = /^(?:(shared|tenants)\/)?(.*)$/s.exec(typed) ?? [];
  const known = [...listed('shared', ids.shared), ...listed('tenants', ids.tenants)].filter(
    (migration) => series === undefined || migration.series === series,
  );
  const exact = known.filter(({ id }) => id === name);
  const [found, other] =
    exact.length > 0 ? exact : known.filter(({ id }) => id.split('_', 1)[0] === name.padStart(4, '0'));
  if (found && other) throw eitherOf(typed, [found, other]);
  if (found) return found;
  const meant = nearest(
    name,
    known.map(({ id }) => id),
  );
  throw new Problem(
    'not_found',
    `There is no migration "${typed}" here.${meant ? ` Did you mean ${meant}?` : ''} receptionistd migrate status lists them.`,
  );
}

/** As it is told where it could be taken for one of the shared schema. */
export function ofTenants(id: string): string {
  return `tenants/${id}`;
}

function listed(series: Series, ids: readonly string[]): Known[] {
  return ids.map((id) => ({ series, id }));
}

function eitherOf(typed: string, both: Known[]): Problem {
  const names = both.map(({ series, id }) => `${series}/${id}`).join(' or ');
  return new Problem(
    'invalid_parameter',
    `"${typed}" may be either of two migrations, of the shared schema and of tenants' schemas. Say which: ${names}.`,
  );
}
