/** Whether the schema is what the applied migrations made, or somebody changed it by hand. */
import { Problem } from '@receptionist/core';
import type { Dialect } from '../dialect.ts';
import { schemaOf } from '../tenant-schemas.ts';
import { compareSchemas, type Difference } from './compare-schemas.ts';
import { readSchema } from './dump.ts';
import { expectedSchema } from './expected-schema.ts';
import type { MigrationFile } from './files.ts';
import { type LedgerRow, readLedger } from './ledger.ts';
import type { SchemaObject } from './schema-object.ts';
import { readOurLedger } from './standing.ts';

export type { Difference } from './compare-schemas.ts';

export interface Drift {
  /** The newest migration that is applied; null: none is, and nothing should be there. */
  compared_to: string | null;
  differences: Difference[];
}

interface DriftOptions {
  dialect: Dialect;
  /** All that this version knows. */
  files: readonly MigrationFile[];
}

/** @throws Problem `unavailable` for a database with tables of others alone, or with migrations that this version does not know */
export async function findDrift({ dialect, files }: DriftOptions): Promise<Drift> {
  const ledger = await readOurLedger(dialect);
  const applied = pickApplied(files, ledger);
  return { compared_to: applied.at(-1)?.id ?? null, differences: await compare({ dialect, files: applied }) };
}

/** In the tenants' own schemas, whose name stands before what differs there. `files`: theirs. @throws Problem as `findDrift` */
export async function findTenantDrift({ dialect, files }: DriftOptions): Promise<Difference[]> {
  const tenants = await dialect.reader
    .selectFrom('tenants')
    .select('tenant_id')
    .orderBy('tenant_id')
    .execute();
  // Most are at the same migration, for which what must be is made once.
  const made = new Map<string, SchemaObject[]>();
  const differences: Difference[] = [];
  for (const { tenant_id } of tenants) {
    const schema = schemaOf(tenant_id);
    const applied = pickApplied(files, await readLedger(dialect, schema));
    const point = applied.map(({ id }) => id).join();
    const expected = made.get(point) ?? (await expectedSchema({ dialect, files: applied }));
    made.set(point, expected);
    const own = compareSchemas(expected, await readSchema(dialect, schema), dialect.name);
    differences.push(...own.map((difference) => inSchema(schema, difference)));
  }
  return differences;
}

function inSchema(schema: string, { name, fix, ...difference }: Difference): Difference {
  return { ...difference, name: `${schema}.${name}`, fix: `set search_path = "${schema}"; ${fix}` };
}

/** Between what is there and what the migrations up to `id` make: one line each, empty where there are none. */
export async function differencesAt({ dialect, files }: DriftOptions, id: string): Promise<string[]> {
  const differences = await compare({ dialect, files: files.filter((file) => file.id <= id) });
  return differences.map(({ kind, name, difference }) => `${kind} ${name} ${difference}`);
}

function pickApplied(files: readonly MigrationFile[], ledger: readonly LedgerRow[]): MigrationFile[] {
  const applied = new Set(ledger.filter(({ state }) => state === 'done').map(({ id }) => id));
  const unknown = applied.difference(new Set(files.map(({ id }) => id)));
  if (unknown.size === 0) return files.filter(({ id }) => applied.has(id));
  throw new Problem(
    'unavailable',
    `The database has migrations that this version does not know (${[...unknown].join(', ')}), so that it cannot tell what the schema must be. Ask the version that applied them.`,
  );
}

async function compare({ dialect, files }: DriftOptions): Promise<Difference[]> {
  const expected = await expectedSchema({ dialect, files });
  return compareSchemas(expected, await readSchema(dialect), dialect.name);
}
