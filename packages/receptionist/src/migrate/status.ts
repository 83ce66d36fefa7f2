import type { MigrationStatus } from '@receptionist/store';
import type { RunningDaemon, TenantStatus } from '@receptionist/store/migrate';
import { EXIT } from '../failure.ts';
import { allBackfills, backfillLines } from './backfills.ts';
import type { Desk } from './desk.ts';
import { ofTenants } from './ids.ts';
import type { Outcome } from './outcome.ts';
import { alike } from './tenant-words.ts';
import { columns, moment, took } from './words.ts';

export async function status({ tools }: Desk, { exitCode }: { exitCode?: true }): Promise<Outcome> {
  const items = await tools.status();
  const [backfills, daemons, tenants] = await Promise.all([
    allBackfills(tools),
    tools.daemons(),
    tools.tenants?.status(),
  ]);
  const everywhere = [...items, ...(tenants ?? []).flatMap(({ migrations }) => migrations)];
  const isBehind =
    everywhere.some(({ state }) => state !== 'applied') ||
    (tenants ?? []).some(({ error }) => error !== null);
  return {
    document: { items, next_cursor: null, backfills, daemons, ...(tenants && { tenants }) },
    lines: [
      ...migrationLines(items),
      ...section('Backfills', backfillLines(backfills)),
      ...section('Tenants', tenantLines(tenants ?? [])),
      ...section('Daemons', daemonLines(daemons)),
    ],
    notes: nextSteps(everywhere),
    code: exitCode && isBehind ? EXIT.no : EXIT.done,
  };
}

function section(heading: string, lines: string[]): string[] {
  return lines.length > 0 ? ['', `${heading}:`, ...lines] : [];
}

function migrationLines(migrations: MigrationStatus[]): string[] {
  const rows = columns(
    migrations.map(({ id, phase, state, applied_at, duration_ms, from_newer }) => [
      id,
      phase,
      from_newer ? `${state} by a newer version` : state,
      applied_at ? moment(applied_at) : '',
      duration_ms === null ? '' : took(duration_ms),
    ]),
  );
  return rows.flatMap((row, i) => [row, ...troubleOf(migrations[i])]);
}

/** Of one that is not whole: who is at it, or what happened and the way out. */
function troubleOf(migration: MigrationStatus | undefined): string[] {
  const holder = migration?.holder && `by ${migration.holder}`;
  return [holder, migration?.error, migration?.way_out]
    .filter((words) => words != null)
    .map((words) => `      ${words}`);
}

/** Those that are at the same place together. */
function tenantLines(tenants: TenantStatus[]): string[] {
  const isUpToDate = ({ error, migrations }: TenantStatus) =>
    error === null && migrations.every(({ state }) => state === 'applied');
  const behind = tenants.filter((tenant) => !isUpToDate(tenant));
  const even = tenants.length - behind.length;
  const rows = alike(behind, placeOf).map(({ first, who }) => [who, placeOf(first)]);
  return [
    ...(even > 0 ? [`${even} of ${tenants.length} are up to date`] : []),
    ...columns(rows),
    ...columns(tenantFiles(tenants)),
  ];
}

/** Each of their files, with how many have it. */
function tenantFiles(tenants: TenantStatus[]): string[][] {
  const files = Map.groupBy(
    tenants.flatMap(({ migrations }) => migrations),
    ({ id }) => id,
  );
  return [...files].map(([id, all]) => {
    const applied = all.filter(({ state }) => state === 'applied').length;
    return [ofTenants(id), all[0]?.phase ?? '', `applied for ${applied} of ${tenants.length}`];
  });
}

function placeOf({ migrations, error }: TenantStatus): string {
  const next = migrations.find(({ state }) => state !== 'applied');
  return error ?? next?.error ?? `${ofTenants(next?.id ?? '')} is ${next?.state}`;
}

function daemonLines(daemons: RunningDaemon[]): string[] {
  return columns(
    daemons.map(({ instance_id, role, version, host, pid, seen_at }) => [
      instance_id,
      role,
      version,
      `process ${pid} on ${host}`,
      `seen ${moment(seen_at)}`,
    ]),
  );
}

function nextSteps(migrations: MigrationStatus[]): string[] {
  const open = migrations.filter(({ state }) => state !== 'applied');
  if (open.length === 0) return [];
  if (open.some(({ state }) => state === 'running')) return ['One is running: look again when it has ended.'];
  // What is left of a newer version's is that version's: its way out is told beside it.
  const ours = open.filter(({ from_newer }) => !from_newer);
  if (ours.length === 0) return [];
  const isForUp = ours.some(({ phase, state }) => phase !== 'contract' || state === 'dirty');
  return [`Next: receptionistd migrate ${isForUp ? 'up --dry-run, then up' : 'contract --dry-run'}`];
}
