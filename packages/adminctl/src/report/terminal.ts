/** The report as text: small charts that fit the terminal, in plain ASCII where it knows no more. */
import { styleText } from 'node:util';
import type { BreachedEntry, InsideSla, Report, ReportedPerson } from '@receptionist/core';
import { reasonInWords } from '../fallback-words.ts';
import { shortIds } from '../ids.ts';
import { ago } from '../moments.ts';
import { type Column, printable, table } from '../table.ts';
import { columnsOf, padded, wrapped } from '../text-width.ts';
import {
  barsOf,
  breachesInWords,
  bySeverity,
  DEADLINES,
  type Grade,
  gradeOf,
  MEASURES,
  nameOf,
  percent,
  periodInWords,
  shortDate,
  wait,
} from './figures.ts';

export interface Screen {
  /** In characters; what goes into a pipe has the usual 80. */
  width: number;
  unicode: boolean;
}

const USUAL_WIDTH = 80;
const LONGEST_BAR = 40;
const MOST_ROWS = 10;

/** What a terminal shows can be told only by its environment. */
export function screenOf(env: Record<string, string | undefined>, columns = USUAL_WIDTH): Screen {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return { width: columns, unicode: /utf-?8/i.test(locale) && env['TERM'] !== 'dumb' };
}

export function reportInWords(report: Report, screen: Screen): string {
  if (report.entries === 0) return [...heading(report, screen), '', 'Nobody needed a human.'].join('\n');
  const sections = [
    section('Inside the deadlines', slaLines(report, screen)),
    section('Waiting times', [waitsTable(report, screen)]),
    section(
      'Reasons',
      counted(
        report.by_reason.map(({ reason, count }) => [reasonInWords(reason), count]),
        screen,
      ),
    ),
    section('By day', dayLines(report, screen)),
    section(
      'Tags',
      counted(
        report.by_tag.map(({ tag, count }) => [tag, count]),
        screen,
      ),
    ),
    section('Tenants', [tenantTable(report, screen)]),
    section('People', report.by_person.length > 0 ? [personTable(report.by_person, screen)] : []),
    section('Missed deadlines', breachLines(report, screen)),
  ];
  const text = [
    ...heading(report, screen),
    '',
    ...wrapped(summary(report), screen.width),
    ...sections.flat(),
  ].join('\n');
  return screen.unicode ? text : text.replaceAll('…', '~');
}

function heading(report: Report, { width }: Screen): string[] {
  return wrapped(printable(`Report on ${periodInWords(report)}`), width).map((line) =>
    styleText('bold', line),
  );
}

function summary({ entries, open, breaches }: Report): string {
  return `${entries} ${entries === 1 ? 'entry' : 'entries'}, ${open} open, ${breaches.entries} missed a deadline`;
}

/** The deadlines where there is little room. */
const SHORT = { acknowledge: 'ack', engage: 'engage', resolve: 'resolve' } as const;

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', styleText('bold', title), ...lines];
}

const COLOR_OF: Readonly<Record<Grade, 'green' | 'yellow' | 'red' | 'dim'>> = {
  good: 'green',
  fair: 'yellow',
  poor: 'red',
  unknown: 'dim',
};

function slaLines(report: Report, screen: Screen): string[] {
  return bySeverity(report)
    .filter(({ entries }) => entries > 0)
    .flatMap(({ name, inside_sla }) =>
      DEADLINES.map((deadline) => slaLine(`${name}, ${SHORT[deadline]}`, inside_sla[deadline], screen)),
    );
}

function slaLine(name: string, inside: InsideSla, screen: Screen): string {
  const figures = `${percent(inside).padStart(7)}  ${inside.count} of ${inside.of}`;
  const label = name.padEnd('standard, engage'.length);
  const bar = shareBar(inside.share ?? 0, roomFor(screen, label.length + figures.length + 4), screen);
  return `${label} ${styleText(COLOR_OF[gradeOf(inside)], bar)}${figures}`.trimEnd();
}

/** None where it would say nothing any more. */
function roomFor({ width }: Screen, taken: number): number {
  const room = Math.min(width - taken, LONGEST_BAR);
  return room < 4 ? 0 : room;
}

function shareBar(share: number, room: number, { unicode }: Screen): string {
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  // All of it only for all.
  const filled = Math.floor(share * room);
  return full.repeat(filled) + empty.repeat(room - filled);
}

function waitsTable(report: Report, screen: Screen): string {
  const rows = bySeverity(report).flatMap(({ name, ...waits }) =>
    MEASURES.filter(([measure]) => waits[measure].count > 0).map(([measure, word]) => ({
      name: `${name}, ${SHORT[word]}`,
      ...waits[measure],
    })),
  );
  return fittedTable(
    [
      { header: 'UNTIL', value: ({ name }) => name },
      { header: '50 %', value: ({ p50_s }) => wait(p50_s) },
      { header: '90 %', value: ({ p90_s }) => wait(p90_s) },
      { header: 'OF', value: ({ count }) => String(count) },
    ],
    rows,
    screen,
  );
}

/** The longest bar is the most frequent; the rest of a long list is counted. */
function counted(rows: [name: string, count: number][], screen: Screen): string[] {
  const shown = rows.slice(0, MOST_ROWS);
  const most = Math.max(...shown.map(([, count]) => count));
  const digits = String(most).length;
  const names = shown.map(([name]) => printable(name));
  const longest = Math.max(0, ...names.map(columnsOf));
  const nameWidth = Math.min(longest, Math.max(12, Math.floor(screen.width / 2) - 4));
  const room = roomFor(screen, nameWidth + digits + 2);
  const lines = shown.map(([, count], i) =>
    `${padded(names[i] ?? '', nameWidth)} ${String(count).padStart(digits)} ${bar(count / most, room, screen)}`.trimEnd(),
  );
  return rows.length > shown.length ? [...lines, `and ${rows.length - shown.length} more`] : lines;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** At least a trace of whatever there is. */
function bar(share: number, room: number, { unicode }: Screen): string {
  if (!unicode) return '#'.repeat(Math.max(room === 0 ? 0 : 1, Math.round(share * room)));
  const eighths = Math.max(room === 0 ? 0 : 1, Math.round(share * room * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

const LEVELS = { unicode: [...' ▁▂▃▄▅▆▇█'], ascii: [...' .:-=+*#@'] };

function dayLines({ by_day, time_zone }: Report, { width, unicode }: Screen): string[] {
  const bars = barsOf(by_day, width);
  const most = Math.max(1, ...bars.map(({ entries }) => entries));
  const levels = unicode ? LEVELS.unicode : LEVELS.ascii;
  const sparkline = bars.map(({ entries }) => levels[Math.ceil((entries / most) * (levels.length - 1))]);
  const busiest = bars.find(({ entries }) => entries === most);
  const [from, to] = [bars[0]?.first ?? '', bars.at(-1)?.last ?? ''].map(shortDate);
  const words = `${from} to ${to} (${time_zone})${busiest ? `; most: ${most}, ${nameOf(busiest)}` : ''}`;
  return [styleText('cyan', sparkline.join('')), ...wrapped(words, width)];
}

const NARROW = 50;
const MOST_COLUMNS_WHERE_NARROW = 3;

/** Figures say nothing without the head of their column: a narrow screen has the first columns alone. */
function fittedTable<Row>(columns: Column<Row>[], rows: Row[], { width }: Screen): string {
  return table(width < NARROW ? columns.slice(0, MOST_COLUMNS_WHERE_NARROW) : columns, rows, width);
}

function tenantTable({ by_tenant }: Report, screen: Screen): string {
  return fittedTable(
    [
      { header: 'TENANT', value: ({ tenant_id }) => tenant_id, elastic: true },
      { header: 'ENTRIES', value: ({ entries }) => String(entries) },
      { header: 'ACK SLA', value: ({ inside_sla }) => percent(inside_sla.acknowledge) },
      { header: 'ENGAGE SLA', value: ({ inside_sla }) => percent(inside_sla.engage) },
      { header: 'ACK 90 %', value: ({ time_to_acknowledge }) => wait(time_to_acknowledge.p90_s) },
    ],
    by_tenant,
    screen,
  );
}

function personTable(people: ReportedPerson[], screen: Screen): string {
  return fittedTable(
    [
      { header: 'PERSON', value: ({ user }) => user, elastic: true },
      { header: 'ACKED', value: ({ acknowledged }) => String(acknowledged) },
      { header: 'RESOLVED', value: ({ resolved }) => String(resolved) },
      { header: 'ENGAGED', value: ({ engaged }) => String(engaged) },
      { header: 'ACK 50 %', value: ({ time_to_acknowledge }) => wait(time_to_acknowledge.p50_s) },
      { header: 'ACK 90 %', value: ({ time_to_acknowledge }) => wait(time_to_acknowledge.p90_s) },
    ],
    people,
    screen,
  );
}

function breachLines(report: Report, screen: Screen): string[] {
  const { latest, entries } = report.breaches;
  if (entries === 0) return [];
  const shortId = shortIds(latest.map(({ entry_id }) => entry_id));
  const now = new Date(report.reported_at);
  const shown = latest.slice(0, MOST_ROWS);
  const rows = fittedTable(
    [
      { header: 'ID', value: ({ entry_id }) => shortId(entry_id) },
      { header: 'MISSED', value: missedBy },
      { header: 'FILED', value: ({ created_at }) => ago(created_at, now) },
      { header: 'SEVERITY', value: ({ severity }) => severity },
      { header: 'TENANT', value: ({ tenant_id }) => tenant_id, elastic: true },
      { header: 'REASON', value: ({ reason }) => reasonInWords(reason), elastic: true },
    ],
    shown,
    screen,
  );
  const more = entries - shown.length;
  return [...wrapped(breachesInWords(report), screen.width), rows, ...(more > 0 ? [`and ${more} more`] : [])];
}

function missedBy(entry: BreachedEntry): string {
  return DEADLINES.filter((deadline) => entry[deadline])
    .map((deadline) => SHORT[deadline])
    .join(', ');
}
