/** A report for the tests, with something in each of its lists. */
import type { EntryFigures, Report, WaitingTimes, Waits } from '@receptionist/core';

const waits = (p50_s: number, p90_s: number): Waits => ({ p50_s, p90_s, count: 3 });

const WAITS: WaitingTimes = {
  time_to_acknowledge: waits(80, 900.5),
  time_to_engage: waits(200, 4000),
  time_to_resolve: { p50_s: null, p90_s: null, count: 0 },
};

const FIGURES: EntryFigures = {
  ...{ entries: 3, breached: 1, ...WAITS },
  inside_sla: {
    acknowledge: { share: 0.6667, count: 2, of: 3 },
    engage: { share: null, count: 0, of: 0 },
  },
};

export function aReport(changes: Partial<Report> = {}): Report {
  return {
    ...{ since: '2026-11-01T00:00:00.000Z', until: '2026-11-03T00:00:00.000Z', tenant_id: null },
    ...{ time_zone: 'UTC', reported_at: '2026-11-03T00:00:00.000Z', open: 1, ...FIGURES },
    by_status: [{ status: 'open', count: 3 }],
    by_severity: [
      { severity: 'critical', ...FIGURES },
      { severity: 'standard', ...FIGURES, entries: 0 },
    ],
    by_reason: [
      { reason: 'payment', count: 2 },
      { reason: 'complaint', count: 1 },
    ],
    by_tag: [{ tag: 'vip', count: 2 }],
    by_day: [
      {
        ...{ day: '2026-11-01', entries: 3, breached: 1 },
        by_reason: [{ reason: 'payment', count: 3 }],
        by_severity: [{ severity: 'critical', count: 3 }],
      },
      { day: '2026-11-02', entries: 0, breached: 0, by_reason: [], by_severity: [] },
    ],
    by_tenant: [{ tenant_id: 't1', ...FIGURES }],
    by_person: [{ user: 'lex', acknowledged: 3, engaged: 3, resolved: 0, ...WAITS }],
    breaches: {
      ...{ entries: 1, acknowledge: 1, engage: 0 },
      latest: [
        {
          entry_id: 'fb_01m7tp5yr6kchca1gsrz54cgen',
          tenant_id: 't1',
          severity: 'critical',
          reason: 'payment',
          created_at: '2026-11-01T09:00:00.000Z',
          acknowledge: true,
          engage: false,
        },
      ],
    },
    ...changes,
  };
}
