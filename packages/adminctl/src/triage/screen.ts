/** What stands on the screen in the guided run, as lines that fit. Pure: size and time come in. */
import { styleText } from 'node:util';
import type { EntryWithHistory } from '@receptionist/core';
import { callerInWords, deedInWords, reasonInWords } from '../fallback-words.ts';
import { ago, due } from '../moments.ts';
import { printable } from '../table.ts';
import { cut, wrapped } from '../text-width.ts';
import { CHOICES, choicesFrom } from './intents.ts';

export interface Size {
  columns: number;
  rows: number;
}

export interface View {
  entry: EntryWithHistory;
  shortId: string;
  /** How many others wait, for example `12` or `100+`. */
  others: string;
  /** What came of the last key, or what somebody else did. */
  said: string | null;
}

type Style = Parameters<typeof styleText>[0];

interface Line {
  text: string;
  style?: Style;
}

const MOST_WANTED_LINES = 4;
const LAST_EVENTS = 4;

/** Where there is too little room, words that were said go first, then those that were wanted; the keys stay. */
export function entryScreen(view: View, now: Date, size: Size): string[] {
  const bottom = footer(view, size.columns).slice(-size.rows);
  const top = heading(view, now, size.columns).slice(0, size.rows - bottom.length);
  const room = size.rows - top.length - bottom.length;
  const middle = history(view, now, size.columns, room);
  const blank = Array.from({ length: room - middle.length }, () => ({ text: '' }));
  return [...top, ...middle, ...blank, ...bottom].map(styled);
}

export function helpScreen(size: Size): string[] {
  const lines = CHOICES.flatMap(({ key, meaning }) => wrapped(`${key}  ${meaning}`, size.columns, 3));
  return [...lines, '', 'Any key goes back.'].slice(0, size.rows);
}

function heading({ entry, shortId, others }: View, now: Date, width: number): Line[] {
  const live = entry.context.live ? ', the caller is on the line' : '';
  const urgent: Style = entry.severity === 'critical' ? ['bold', 'red'] : 'bold';
  const wanted = printable(entry.context.summary || entry.reason_detail || '');
  const held = entry.assignee ? ` with ${printable(entry.assignee)}` : '';
  const tags = entry.tags.length > 0 ? [`tags: ${printable(entry.tags.join(', '))}`] : [];
  return [
    ...wrapped(`${shortId}  ${entry.severity}, ${entry.status}${held}${live}`, width).map((text) => ({
      text,
      style: urgent,
    })),
    { text: cut(clock(entry, now), width), style: isLate(entry, now) ? 'red' : 'yellow' },
    { text: cut(othersInWords(others), width), style: 'dim' },
    ...lines(`${callerInWords(entry)} (${entry.channel}), for ${printable(entry.tenant_id)}`, width),
    ...lines(`${reasonInWords(entry.reason)}`, width),
    ...lines(wanted, width).slice(0, MOST_WANTED_LINES),
    ...tags.flatMap((text) => lines(text, width)),
    { text: '' },
  ];
}

function othersInWords(others: string): string {
  if (others === '0') return 'nobody else waits';
  return others === '1' ? '1 more waits' : `${others} more wait`;
}

function clock(entry: EntryWithHistory, now: Date): string {
  const filed = `filed ${ago(entry.created_at, now)}`;
  const left = due(entry, now);
  return left === entry.status ? filed : `${left}, ${filed}`;
}

function isLate({ status, ack_due_at, engage_due_at }: EntryWithHistory, now: Date): boolean {
  if (status === 'open') return Date.parse(ack_due_at) < now.getTime();
  return status === 'acknowledged' && Date.parse(engage_due_at) < now.getTime();
}

/** The last words that were said, and the last that happened, as far as there is room. */
function history({ entry, shortId }: View, now: Date, width: number, room: number): Line[] {
  const happened = entry.timeline.slice(-LAST_EVENTS).map(({ at, actor, action, detail }) => {
    const what = `${deedInWords({ actor, action })}${detail ? `: ${detail}` : ''}`;
    return cut(printable(`${ago(at, now)} ${what}`), width);
  });
  const said = entry.context.transcript.flatMap(({ speaker, text }) =>
    wrapped(printable(`${speaker}: ${text}`), width, 2),
  );
  const elsewhere = cut(`… more: adminctl fallback show ${shortId}`, width);
  const words = lastOf(said, room - happened.length - 1, elsewhere);
  const all = words.length > 0 ? [...words, '', ...happened] : happened;
  return all.slice(Math.max(0, all.length - room)).map((text) => ({ text }));
}

function lastOf(all: string[], room: number, ellipsis: string): string[] {
  if (all.length <= room) return all;
  return room < 2 ? [] : [ellipsis, ...all.slice(-(room - 1))];
}

function footer({ entry, said }: View, width: number): Line[] {
  const keys = choicesFrom(entry.status).map(({ key, label }) =>
    label.startsWith(key) ? `[${key}]${label.slice(1)}` : `[${key}] ${label}`,
  );
  const outcome = said === null ? [] : wrapped(said, width).map((text) => ({ text, style: 'cyan' as const }));
  return [...outcome, ...wrapped(keys.join('  '), width).map((text) => ({ text, style: 'bold' as const }))];
}

function lines(text: string, width: number): Line[] {
  return text === '' ? [] : wrapped(text, width).map((line) => ({ text: line }));
}

function styled({ text, style }: Line): string {
  return style === undefined || text === '' ? text : styleText(style, text, { stream: process.stderr });
}
