/** The report as one flat table, `table,key,name,value`, so that a spreadsheet can pivot it and a script can grep it. */
import type { EntryFigures, Report, WaitingTimes } from '@receptionist/core';
import { csvLine } from '../csv.ts';
import { DEADLINES, MEASURES } from './figures.ts';

type Row = [table: string, key: string, name: string, value: string | number | null];

export function reportCsv(report: Report): string {
  const rows: Row[] = [
    ...(['since', 'until', 'tenant_id', 'time_zone', 'reported_at', 'open'] as const).map(
      (name): Row => ['report', 'all', name, report[name]],
    ),
    ...figureRows('report', 'all', report),
    ...report.by_severity.flatMap((row) => figureRows('severity', row.severity, row)),
    ...report.by_status.map(({ status, count }): Row => ['status', status, 'entries', count]),
    ...report.by_reason.map(({ reason, count }): Row => ['reason', reason, 'entries', count]),
    ...report.by_tag.map(({ tag, count }): Row => ['tag', tag, 'entries', count]),
    ...report.by_day.flatMap(dayRows),
    ...report.by_tenant.flatMap((row) => figureRows('tenant', row.tenant_id, row)),
    ...report.by_person.flatMap(personRows),
    ...report.breaches.latest.flatMap(({ entry_id, ...entry }) =>
      DEADLINES.filter((deadline) => entry[deadline]).map(
        (deadline): Row => ['breach', entry_id, deadline, entry.created_at],
      ),
    ),
  ];
  return [['table', 'key', 'name', 'value'], ...rows].map(csvLine).join('');
}

function figureRows(table: string, key: string, figures: EntryFigures): Row[] {
  return [
    [table, key, 'entries', figures.entries],
    [table, key, 'breached', figures.breached],
    ...waitRows(table, key, figures),
    ...DEADLINES.flatMap((deadline): Row[] => {
      const { share, count, of } = figures.inside_sla[deadline];
      return [
        [table, key, `${deadline}_inside_sla_share`, share],
        [table, key, `${deadline}_inside_sla_count`, count],
        [table, key, `${deadline}_inside_sla_of`, of],
      ];
    }),
  ];
}

function waitRows(table: string, key: string, waits: WaitingTimes): Row[] {
  return MEASURES.flatMap(([measure]) =>
    (['p50_s', 'p90_s', 'count'] as const).map(
      (figure): Row => [table, key, `${measure}_${figure}`, waits[measure][figure]],
    ),
  );
}

function dayRows({ day, entries, breached, by_reason, by_severity }: Report['by_day'][number]): Row[] {
  return [
    ['day', day, 'entries', entries],
    ['day', day, 'breached', breached],
    ...by_severity.map(({ severity, count }): Row => ['day', day, severity, count]),
    ...by_reason.map(({ reason, count }): Row => ['day', day, reason, count]),
  ];
}

function personRows({ user, ...person }: Report['by_person'][number]): Row[] {
  return [
    ['person', user, 'acknowledged', person.acknowledged],
    ['person', user, 'engaged', person.engaged],
    ['person', user, 'resolved', person.resolved],
    ...waitRows('person', user, person),
  ];
}
