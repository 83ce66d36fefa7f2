/** Whether a row arrived as it was: what SQLite says and what Postgres says, each brought into one form. */
import { createHash } from 'node:crypto';
import { Problem } from '@receptionist/core';
import type { SourceRow } from './copy-source.ts';
import type { CopyTable, TargetRow } from './copy-target.ts';

export interface RowVerifier {
  /** @throws Problem `internal` that names table, key and columns of a row that is missing or differs, and never its values */
  compare(sourceRows: readonly SourceRow[], targetRows: readonly TargetRow[]): void;
  /** SHA-256 over all rows so far, which are the same on both sides, in hex. */
  checksum(): string;
}

export function createRowVerifier(table: CopyTable): RowVerifier {
  const hash = createHash('sha256');
  const names = table.columns.map(({ name }) => name);
  const keyOf = (row: TargetRow) => JSON.stringify(table.key.map((column) => row[column]));
  const named = (values: SourceRow) => Object.fromEntries(names.map((name, i) => [name, values[i]]));

  function compareRow(row: TargetRow, copied: TargetRow | undefined): void {
    if (!copied) throw lost(table, keyOf(row), 'did not arrive');
    const differing = names.filter((name) => row[name] !== copied[name]);
    if (differing.length > 0) throw lost(table, keyOf(row), `arrived otherwise in ${differing.join(', ')}`);
    hash.update(JSON.stringify(names.map((name) => row[name])));
  }

  return {
    compare(sourceRows, targetRows) {
      const arrived = new Map(targetRows.map((row) => canonical(table, row)).map((row) => [keyOf(row), row]));
      for (const values of sourceRows) {
        const row = canonical(table, named(values));
        compareRow(row, arrived.get(keyOf(row)));
      }
    },
    checksum: () => hash.copy().digest('hex'),
  };
}

function canonical({ columns }: CopyTable, row: TargetRow): TargetRow {
  return Object.fromEntries(columns.map(({ name, type }) => [name, canonicalValue(type, row[name])]));
}

function canonicalValue(type: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'boolean') return Boolean(value);
  if (type === 'bigint') return String(value);
  if (type.startsWith('timestamp')) return canonicalInstant(String(value));
  // jsonb has an order of members of its own.
  return type === 'jsonb' ? JSON.stringify(sorted(JSON.parse(String(value)))) : value;
}

/** Postgres takes some for which JavaScript has no date, such as a leap second. */
function canonicalInstant(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.valueOf()) ? text : at.toISOString();
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

/** @throws Problem `internal` */
export function compareCounts({ name }: CopyTable, sourceRows: number, targetRows: number): void {
  if (sourceRows !== targetRows) {
    throw broken(`${name} has ${sourceRows} rows, and ${targetRows} are in the copy`);
  }
}

function lost({ name }: CopyTable, key: string, what: string): Problem {
  return broken(`The row ${key} of ${name} ${what}`);
}

function broken(what: string): Problem {
  return new Problem('internal', `${what}. Nothing was copied: the target is as it was. Please report it.`);
}
