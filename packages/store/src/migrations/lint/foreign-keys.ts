/** Foreign keys that no index helps: asked at the end, because the index may come in a file of its own. */
import { type Act, type Constraint, constraintsOf } from './acts.ts';
import type { FoundInFile } from './allowances.ts';
import type { LintedFile } from './rule.ts';
import type { KnownSchema, KnownTable } from './schema-so-far.ts';

export function checkForeignKeys(files: readonly LintedFile[], schema: KnownSchema): FoundInFile[] {
  return files.flatMap(({ file, statements }) =>
    statements.flatMap(({ line, lines, acts }) =>
      acts.flatMap((act, index) =>
        withoutIndex(act, schema).map((found) => ({
          file,
          line: lines[index] ?? line,
          rule: 'foreign-key-without-index' as const,
          found,
        })),
      ),
    ),
  );
}

function withoutIndex(act: Act, { tables }: KnownSchema): string[] {
  const table = 'table' in act && act.table !== null ? tables.get(act.table) : undefined;
  if (!table) return [];
  return constraintsOf(act)
    .filter((constraint) => constraint.type === 'foreign key' && !hasIndex(table, constraint))
    .map(
      ({ columns, target }) =>
        `No index of ${table.name} begins with (${columns.join(', ')}), which points to ${target}`,
    );
}

/** Beside another column tenant_id finds a tenant's every row: it does not count. */
function hasIndex(table: KnownTable, { columns }: Constraint): boolean {
  const indexes = [
    ...table.uniques,
    ...table.indexes
      .values()
      .filter(({ partial, whereNotNull }) => !partial && whereNotNull.every((each) => columns.includes(each)))
      .map((index) => index.columns),
  ];
  if (columns.length === 1) return indexes.some(([first]) => first === columns[0]);
  const helpful = columns.filter((column) => column !== 'tenant_id');
  return indexes.some((index) => {
    const telling = index.find((column) => column !== 'tenant_id');
    return telling != null && helpful.includes(telling);
  });
}
