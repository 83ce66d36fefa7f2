/** The report as one page that needs nothing else: no network, no script. Whatever a browser could be told to load is forbidden. */
import { createHash } from 'node:crypto';
import type { Reason, Report, ReportedDay } from '@receptionist/core';
import { reasonInWords } from '../fallback-words.ts';
import { moment } from '../moments.ts';
import { meter, range, type Series, scale, stackedBars } from './charts.ts';
import {
  barsOf,
  breachesInWords,
  bySeverity,
  DEADLINES,
  gradeOf,
  MEASURES,
  nameOf,
  percent,
  periodInWords,
  wait,
} from './figures.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { STYLE } from './style.ts';

/** What can be told apart by eye; further reasons are drawn as one. */
const MOST_COLOURED = 6;
const MOST_BARS = 62;
const MOST_TAGS = 16;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

export function reportPage(report: Report): string {
  const body = report.entries === 0 ? html`<section><p>Nobody needed a human.</p></section>` : charts(report);
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: POLICY }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Callers who needed a human: ${periodInWords(report)}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<header>
<h1>Callers who needed a human</h1>
<p class="soft">${periodInWords(report)}</p>
</header>
${tiles(report)}
${body}
<footer>As it was at ${moment(report.reported_at)}. Days are those of ${report.time_zone}. Simulated conversations are left out. Percentiles are nearest ranks; waiting times count from the filing. A deadline that is still ahead counts in no share.</footer>
</main>
</body>
</html>
`;
  return markup;
}

function charts(report: Report): Markup {
  return html`${dayChart(report)}
${slaChart(report)}
${waitChart(report)}
<div class="pair">${reasonChart(report)}${tagChart(report)}</div>
${tenantTable(report)}
${personTable(report)}
${breachTable(report)}`;
}

function tiles(report: Report): Markup {
  const { entries, open, breaches, time_to_acknowledge, inside_sla } = report;
  const { acknowledge, engage } = inside_sla;
  return html`<ul class="tiles">
<li><strong>${entries}</strong>${entries === 1 ? 'entry' : 'entries'}</li>
<li><strong>${open}</strong>open now</li>
<li><strong>${wait(time_to_acknowledge.p50_s)}</strong>until half were acknowledged</li>
<li class="${gradeOf(acknowledge)}"><strong>${percent(acknowledge)}</strong>acknowledged in time</li>
<li class="${gradeOf(engage)}"><strong>${percent(engage)}</strong>engaged in time</li>
<li class="${breaches.entries > 0 ? 'poor' : 'good'}"><strong>${breaches.entries}</strong>missed a deadline</li>
</ul>`;
}

function dayChart({ by_day, by_reason, time_zone }: Report): Markup {
  const bars = barsOf(by_day, MOST_BARS);
  const coloured = by_reason.slice(0, MOST_COLOURED).map(({ reason }) => reason);
  const series: Series[] = coloured.map((reason) => ({
    name: reasonInWords(reason),
    values: bars.map(({ days }) => countIn(days, (other) => other === reason)),
  }));
  if (by_reason.length > MOST_COLOURED) {
    const values = bars.map(({ days }) => countIn(days, (other) => !coloured.includes(other)));
    series.push({ name: 'other reasons', values });
  }
  const names = bars.map(nameOf);
  const title = `Entries by day and reason, ${names[0] ?? ''} until ${names.at(-1) ?? ''}`;
  return html`<section>
<h2>By day and reason</h2>
<ul class="legend">${series.map(({ name }, i) => html`<li><i class="series-${i}"></i>${name}</li>`)}</ul>
${stackedBars({ title, names: bars.map(({ first }) => nameOf({ first, last: first })), series })}
<details><summary>The same as a table (days of ${time_zone})</summary>
<table><thead><tr><th scope="col">Day</th>${series.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${names.map((name, i) => html`<tr><th scope="row">${name}</th>${series.map(({ values }) => html`<td class="number">${values[i] ?? 0}</td>`)}</tr>`)}</tbody></table>
</details>
</section>`;
}

function countIn(days: readonly ReportedDay[], wanted: (reason: Reason) => boolean): number {
  const counts = days.flatMap(({ by_reason }) => by_reason).filter(({ reason }) => wanted(reason));
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function slaChart(report: Report): Markup {
  const groups = bySeverity(report).filter(({ entries }) => entries > 0);
  return html`<section>
<h2>Inside the deadlines</h2>
<table><thead><tr><th scope="col">Severity</th><th scope="col">Deadline</th><th scope="col" class="chart"></th><th scope="col" class="number">Share</th><th scope="col" class="number">Entries</th></tr></thead>
<tbody>${groups.flatMap(({ name, inside_sla }) =>
    DEADLINES.map((deadline, i) => {
      const inside = inside_sla[deadline];
      return html`<tr class="${i === 0 ? 'group' : ''}"><th scope="row">${i === 0 ? name : ''}</th><td>${deadline}</td><td class="chart">${meter(inside.share ?? 0, gradeOf(inside))}</td><td class="number">${percent(inside)}</td><td class="number">${inside.count} of ${inside.of}</td></tr>`;
    }),
  )}</tbody></table>
</section>`;
}

function waitChart(report: Report): Markup {
  const groups = bySeverity(report).filter(({ entries }) => entries > 0);
  return html`<section>
<h2>Waiting times</h2>
<ul class="legend"><li><i class="half-key"></i>half within (p50)</li><li><i class="most-key"></i>90 % within (p90)</li></ul>
<table><thead><tr><th scope="col">Severity</th><th scope="col">Until</th><th scope="col" class="chart">${scale()}</th><th scope="col" class="number">p50</th><th scope="col" class="number">p90</th></tr></thead>
<tbody>${groups.flatMap(({ name, ...waits }) =>
    MEASURES.map(
      ([measure, word], i) =>
        html`<tr class="${i === 0 ? 'group' : ''}"><th scope="row">${i === 0 ? name : ''}</th><td>${word}</td><td class="chart">${range(waits[measure])}</td><td class="number">${wait(waits[measure].p50_s)}</td><td class="number">${wait(waits[measure].p90_s)}</td></tr>`,
    ),
  )}</tbody></table>
</section>`;
}

function reasonChart({ by_reason }: Report): Markup {
  return countChart(
    'Reasons',
    by_reason.map(({ reason, count }) => [reasonInWords(reason), count]),
  );
}

function tagChart({ by_tag }: Report): Markup {
  const shown = by_tag.slice(0, MOST_TAGS).map(({ tag, count }): [string, number] => [tag, count]);
  return countChart('Tags', shown, by_tag.length - shown.length);
}

function countChart(title: string, rows: [name: string, count: number][], more = 0): Markup {
  if (rows.length === 0) return NOTHING;
  const most = Math.max(...rows.map(([, count]) => count));
  return html`<section>
<h2>${title}</h2>
<table><tbody>${rows.map(([name, count]) => html`<tr><th scope="row">${name}</th><td class="chart">${meter(count / most, 'count')}</td><td class="number">${count}</td></tr>`)}</tbody></table>
${more > 0 ? html`<p class="soft">and ${more} more</p>` : NOTHING}
</section>`;
}

interface Cell<Row> {
  header: string;
  value: (row: Row) => string;
  /** Both stand on one line. */
  kind?: 'number' | 'whole';
}

function longTable<Row>(
  title: string,
  [name, ...cells]: [Cell<Row>, ...Cell<Row>[]],
  rows: readonly Row[],
): Markup {
  return html`<section class="long">
<h2>${title}</h2>
<table><thead><tr><th scope="col">${name.header}</th>${cells.map((cell) => html`<th scope="col" class="${cell.kind ?? ''}">${cell.header}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row" class="${name.kind ?? ''}">${name.value(row)}</th>${cells.map((cell) => html`<td class="${cell.kind ?? ''}">${cell.value(row)}</td>`)}</tr>`)}</tbody></table>
</section>`;
}

function tenantTable({ by_tenant }: Report): Markup {
  return longTable(
    'Tenants',
    [
      { header: 'Tenant', value: ({ tenant_id }) => tenant_id },
      { header: 'Entries', value: ({ entries }) => String(entries), kind: 'number' },
      { header: 'Acknowledge p50', value: (row) => wait(row.time_to_acknowledge.p50_s), kind: 'number' },
      { header: 'p90', value: (row) => wait(row.time_to_acknowledge.p90_s), kind: 'number' },
      { header: 'Engage p90', value: (row) => wait(row.time_to_engage.p90_s), kind: 'number' },
      { header: 'Resolve p90', value: (row) => wait(row.time_to_resolve.p90_s), kind: 'number' },
      { header: 'Ack. in time', value: ({ inside_sla }) => percent(inside_sla.acknowledge), kind: 'number' },
      { header: 'Engaged in time', value: ({ inside_sla }) => percent(inside_sla.engage), kind: 'number' },
    ],
    by_tenant,
  );
}

function personTable({ by_person }: Report): Markup {
  if (by_person.length === 0) return NOTHING;
  return longTable(
    'People',
    [
      { header: 'Person', value: ({ user }) => user },
      { header: 'Acknowledged', value: ({ acknowledged }) => String(acknowledged), kind: 'number' },
      { header: 'p50', value: (row) => wait(row.time_to_acknowledge.p50_s), kind: 'number' },
      { header: 'p90', value: (row) => wait(row.time_to_acknowledge.p90_s), kind: 'number' },
      { header: 'Engaged', value: ({ engaged }) => String(engaged), kind: 'number' },
      { header: 'p90', value: (row) => wait(row.time_to_engage.p90_s), kind: 'number' },
      { header: 'Resolved', value: ({ resolved }) => String(resolved), kind: 'number' },
      { header: 'p90', value: (row) => wait(row.time_to_resolve.p90_s), kind: 'number' },
    ],
    by_person,
  );
}

function breachTable(report: Report): Markup {
  const { entries, latest } = report.breaches;
  if (entries === 0) return NOTHING;
  return html`${longTable(
    latest.length < entries
      ? `Missed deadlines: the latest ${latest.length} of ${entries}`
      : 'Missed deadlines',
    [
      { header: 'Entry', value: ({ entry_id }) => entry_id, kind: 'whole' },
      { header: 'Filed (UTC)', value: ({ created_at }) => moment(created_at).slice(0, 16), kind: 'whole' },
      { header: 'Tenant', value: ({ tenant_id }) => tenant_id },
      { header: 'Severity', value: ({ severity }) => severity },
      { header: 'Reason', value: ({ reason }) => reasonInWords(reason) },
      { header: 'Missed', value: (entry) => DEADLINES.filter((deadline) => entry[deadline]).join(', ') },
    ],
    latest,
  )}<p class="soft">${breachesInWords(report)}</p>`;
}
