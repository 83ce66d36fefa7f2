import type { TenantVerification, Verification } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { type Desk, named } from './desk.ts';
import { ofTenants } from './ids.ts';
import type { Outcome } from './outcome.ts';
import { alike } from './tenant-words.ts';
import { count } from './words.ts';

/** One, or all that were begun. */
export async function verify(desk: Desk, typed: string | undefined): Promise<Outcome> {
  const { shared, theirs } = typed === undefined ? await verifyBegun(desk) : await verifyNamed(desk, typed);
  const items = [...shared, ...theirs];
  const isWhole = theirs.every(({ error }) => error === null);
  const isRight = items.every(({ verified }) => verified);
  return {
    document: { items, next_cursor: null },
    lines: [...shared.flatMap((one) => verificationLines(one.id, one)), ...tenantLines(theirs)],
    notes: items.length === 0 ? ['No backfill was begun: there is nothing to compare.'] : [],
    code: isRight ? EXIT.done : isWhole ? EXIT.no : EXIT.failed,
  };
}

interface Verified {
  shared: Verification[];
  theirs: TenantVerification[];
}

async function verifyNamed(desk: Desk, typed: string): Promise<Verified> {
  const { id, tenants } = await named(desk, typed);
  return tenants
    ? { shared: [], theirs: await tenants.verify(id) }
    : { shared: [await desk.tools.verify(id)], theirs: [] };
}

async function verifyBegun({ tools }: Desk): Promise<Verified> {
  const shared: Verification[] = [];
  for (const { id } of await tools.backfills()) shared.push(await tools.verify(id));
  return { shared, theirs: (await tools.tenants?.verify()) ?? [] };
}

/** All that are right together; the others one by one, but for errors that are the same. */
function tenantLines(theirs: readonly TenantVerification[]): string[] {
  const words = ({ id, verified, error, tenant_id }: TenantVerification) =>
    [id, verified || error !== null ? error : tenant_id].join('\n');
  return alike(theirs, words).flatMap(({ first, all, who }) => {
    const name = `${ofTenants(first.id)} for ${who}`;
    if (first.error !== null) return [`${name}: not compared: ${first.error}`];
    const rows = first.rows === null ? null : all.reduce((sum, one) => sum + (one.rows ?? 0), 0);
    return verificationLines(name, { ...first, rows });
  });
}

function verificationLines(
  name: string,
  { verified, mismatches, rows, examples }: Omit<Verification, 'id'>,
): string[] {
  const looked = rows === null ? '' : ` of ${count(rows)} rows`;
  if (verified) return [`${name}: verified, no mismatch${looked}`];
  return [
    `${name}: ${count(mismatches)} mismatches${looked}`,
    ...examples.map(({ key, name, old, new: now }) => `  ${key ?? name}: must be ${old}, is ${now}`),
  ];
}
