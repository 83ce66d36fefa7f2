import type { BackfillProgress, MigrationProgress } from '@receptionist/store';
import type { TenantRun } from '@receptionist/store/migrate';
import type { Terminal } from './terminal.ts';
import { count, left } from './words.ts';

/** Shows a run as it goes on, until it ended. */
export function watched<T>(
  { progress, during }: Terminal,
  run: (onProgress: (step: MigrationProgress) => void) => Promise<T>,
): Promise<T> {
  return during(() => run((step) => progress(inWords(step))));
}

interface RoundWatch {
  onTenant: (run: TenantRun) => void;
  onProgress: (tenant_id: string, step: MigrationProgress) => void;
}

/** The same of a round of tenants, several of whom are at it at once. */
export function watchedRound<T>(
  { progress, during }: Terminal,
  run: (watch: RoundWatch) => Promise<T>,
): Promise<T> {
  let ended = 0;
  const tell = (words: string) => progress(`${count(ended)} tenants done, ${words}`);
  return during(() =>
    run({
      onTenant({ tenant_id }) {
        ended++;
        tell(`the last ${tenant_id}`);
      },
      onProgress: (tenant_id, step) => tell(`${tenant_id}: ${inWords(step)}`),
    }),
  );
}

function inWords({ id, message, backfill }: MigrationProgress): string {
  if (backfill) return `${id}: ${rowsInWords(backfill)}`;
  return message ? `${id}: ${message}` : `${id} …`;
}

/** `410,000 of 1,000,000 rows (41 %), 95,000 a second, 7 s left`. */
function rowsInWords({ done_rows, total_rows, rows_per_s, seconds_left }: BackfillProgress): string {
  const speed = rows_per_s > 0 ? `, ${count(Math.round(rows_per_s))} a second` : '';
  const rest = seconds_left === null ? '' : `, ${left(seconds_left)} left`;
  return `${shareInWords({ done_rows, total_rows })}${speed}${rest}`;
}

export function shareInWords({
  done_rows,
  total_rows,
}: Pick<BackfillProgress, 'done_rows' | 'total_rows'>): string {
  const percent = total_rows === 0 ? 100 : Math.floor((done_rows / total_rows) * 100);
  return `${count(done_rows)} of ${count(total_rows)} rows (${percent} %)`;
}
