import { type Instant, Problem } from '@receptionist/core';
import type { ReadVerbs } from '@receptionist/store';
import { existing, type Handlers } from './endpoints.ts';

const USUAL_PERIOD_MS = 30 * 24 * 60 * 60_000;

export const report: Pick<Handlers, 'getReport'> = {
  async getReport(read, { query, time }) {
    const reported_at = await time();
    const until = exact(query.until ?? reported_at);
    const since = exact(query.since ?? Date.parse(until) - USUAL_PERIOD_MS);
    if (since >= until) throw new Problem('invalid_parameter', emptyPeriod(since, until, query));
    const { tenant_id = null } = query;
    const time_zone = tenant_id === null ? 'UTC' : await timeZoneOf(read, tenant_id);
    return read.report({ since, until, tenant_id, time_zone, reported_at });
  },
};

function emptyPeriod(since: Instant, until: Instant, asked: { until?: Instant }): string {
  const end = asked.until === undefined ? `now, ${until}` : `until, ${until}`;
  return `There is no time between since, ${since}, and ${end}: since must come before until.`;
}

async function timeZoneOf(read: ReadVerbs, tenant_id: string): Promise<string> {
  return (await existing(read.getTenant(tenant_id), 'tenant', tenant_id)).time_zone;
}

/** As the store keeps it: to the millisecond. */
function exact(at: Instant | number): Instant {
  return new Date(at).toISOString();
}
