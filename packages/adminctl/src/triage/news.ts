/** What happened to an entry while it was on the screen. */
import type { EntryWithHistory, TimelineEvent } from '@receptionist/core';
import { deedInWords } from '../fallback-words.ts';
import { ago } from '../moments.ts';
import { printable } from '../table.ts';

/** For example `kim resolved, 20s ago: spam. It is resolved now.` */
export function newsInWords(shown: EntryWithHistory, fresh: EntryWithHistory, now: Date): string {
  const events = fresh.timeline.slice(shown.timeline.length);
  const state = shown.status === fresh.status ? [] : [`It is ${fresh.status} now.`];
  return [...events.map((event) => `${eventInWords(event, now)}.`), ...state].join(' ');
}

function eventInWords({ at, actor, action, detail }: TimelineEvent, now: Date): string {
  const what = `${deedInWords({ actor, action })}, ${ago(at, now)}`;
  return printable(detail ? `${what}: ${detail}` : what);
}
