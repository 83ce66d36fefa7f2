/** Rollouts for people: whom a change takes in, and how calls with the flag on go. */
import type { Answer, Routes } from '@receptionist/admin-api';
import { type Comparison, FEWEST_CALLS, type Verdict } from '@receptionist/core';
import { moment } from './moments.ts';
import { type Column, table } from './table.ts';

type Rollout = Answer<Routes['getRollout']>;
type RolloutChange = Answer<Routes['putRollout']>;
type RolloutStatus = Answer<Routes['getRolloutStatus']>;
type RolloutPlan = NonNullable<Rollout['plan']>;

/** So many are named; the others are counted. */
const MOST_NAMED = 20;

function tenantsInWords(ids: readonly string[]): string {
  if (ids.length === 0) return 'nobody';
  const more = ids.length - MOST_NAMED;
  return ids.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

export function rolloutInWords(rollout: Rollout): string {
  const { flag, percent, tenants, tenants_on, starts_at, updated_at, updated_by, plan } = rollout;
  const set = updated_at === null ? '' : `, set by ${updated_by} at ${moment(updated_at)}`;
  return [
    `${flag} is rolled out to ${percent} %${set}`,
    `in it: ${tenantsInWords(tenants_on)} (${tenants_on.length})`,
    ...(tenants.length > 0 ? [`whatever the percentage: ${tenantsInWords(tenants)}`] : []),
    ...(starts_at === null ? [] : [`from ${moment(starts_at)}`]),
    ...(plan === null ? [] : stepsInWords(plan)),
  ].join('\n');
}

/** `tense`: whether it is about to happen or has. */
export function changeInWords(
  { flag, percent, added, removed, tenants_on, starts_at, plan }: RolloutChange,
  tense: 'would' | 'did',
): string {
  const [add, remove, then] =
    tense === 'would' ? ['would add', 'would remove', 'then in it'] : ['added', 'removed', 'in it'];
  return [
    `${flag} to ${percent} %${starts_at === null ? '' : `, from ${moment(starts_at)}`}`,
    `  ${add}: ${tenantsInWords(added)}`,
    `  ${remove}: ${tenantsInWords(removed)}`,
    `  ${then}: ${tenants_on.length}`,
    ...(plan === null ? [] : stepsInWords(plan).map((line) => `  ${line}`)),
  ].join('\n');
}

function stepsInWords({ steps, next_step, halt_if, halted_at, halted_why }: RolloutPlan): string[] {
  const marks = steps.map(
    ({ percent, at }, i) => `${percent} % at ${moment(at)}${i < next_step ? ', done' : ''}`,
  );
  return [
    `steps: ${marks.join('; ')}`,
    ...(halt_if === null ? [] : [`stops and goes back by itself if ${halt_if}`]),
    ...(halted_at === null ? [] : [`STOPPED at ${moment(halted_at)}: ${halted_why}`]),
  ];
}

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  worse: 'worse',
  better: 'better',
  no_difference: 'no difference beyond chance',
  too_few: `too few to tell (${FEWEST_CALLS} calls on each side are needed)`,
};

interface Row {
  what: string;
  on: string;
  off: string;
  change: string;
  verdict: string;
}

const COLUMNS: Column<Row>[] = [
  { header: '', value: ({ what }) => what },
  { header: 'ON', value: ({ on }) => on },
  { header: 'OFF', value: ({ off }) => off },
  { header: 'CHANGE', value: ({ change }) => change },
  { header: 'VERDICT', value: ({ verdict }) => verdict, elastic: true },
];

export function statusInWords(status: RolloutStatus, width?: number): string {
  const { flag, percent, since, until, on, off, compared, plan } = status;
  const rows: Row[] = [
    counted('tenants', on.tenants, off.tenants),
    counted('calls', on.calls, off.calls),
    comparisonRow('escalations per 100 calls', compared.escalation_rate, perHundred),
    comparisonRow('bookings per 100 calls', compared.booking_rate, perHundred),
    comparisonRow('turn time, median', compared.turn_ms, (ms) => `${Math.round(ms)} ms`),
  ];
  return [
    `${flag} at ${percent} %, from ${moment(since)} until ${moment(until)}\n`,
    table(COLUMNS, rows, width),
    ...(plan === null ? [] : ['', ...stepsInWords(plan)]),
  ].join('\n');
}

function counted(what: string, on: number, off: number): Row {
  return { what, on: String(on), off: String(off), change: '', verdict: '' };
}

function comparisonRow(
  what: string,
  { on, off, change, verdict }: Comparison,
  say: (value: number) => string,
): Row {
  const shown = (value: number | null) => (value === null ? '-' : say(value));
  const unmeasured = on === null && off === null;
  return {
    what,
    on: shown(on),
    off: shown(off),
    change: change === null ? '-' : `${change < 0 ? '' : '+'}${Math.round(change * 100)} %`,
    verdict: unmeasured ? 'nothing measured' : VERDICT_WORDS[verdict],
  };
}

function perHundred(share: number): string {
  return (share * 100).toFixed(1);
}
