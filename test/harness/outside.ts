/**
 * Everything that left the front desk, as lines a story can compare: posts, replies in threads, what a message shows now,
 * incidents, calls and texts. A story that asks for them must tell of each.
 */
import { expect, onTestFinished } from 'vitest';
import type { FrontDesk } from './front-desk.ts';

/** The fresh lines, after all has settled. */
export type Outside = () => Promise<string[]>;

export function watchOutside(desk: FrontDesk): Outside {
  const { slack, pagerDuty, twilioRest } = desk;
  const fresh = [
    since(slack.posts, ({ thread_ts, mentions, text, lines }) =>
      thread_ts === null
        ? `slack ${[...mentions.map((name) => `@${name}`), plain(text)].join(' ')}`
        : `thread ${lines().join(' / ')}`,
    ),
    since(slack.updates, ({ lines }) => `shows ${stateIn(lines())}`),
    since(
      pagerDuty?.events ?? [],
      ({ event_action, dedup_key }) => `pagerduty ${event_action} ${dedup_key.split('.')[1]}`,
    ),
    since(twilioRest.calls, ({ to, status }) => `call ${to} ${status}`),
    since(twilioRest.messages, ({ to }) => `text ${to}`),
  ];
  const take = () => fresh.flatMap((lines) => lines());
  onTestFinished(() => {
    expect(take(), 'what was sent and the story does not tell of').toEqual([]);
  });
  return async () => {
    await desk.settle();
    // The tests read and forget what is told to them elsewhere too.
    await Promise.all([desk.alerts(), desk.sentTexts(), desk.placedCalls(), desk.pages()]);
    return take();
  };
}

function since<T>(all: readonly T[], inWords: (one: T) => string): () => string[] {
  let read = 0;
  return () => {
    const lines = all.slice(read).map(inWords);
    read = all.length;
    return lines;
  };
}

/** Without the mention, which stands before it, and the id, which no story knows. */
function plain(text: string): string {
  return text
    .replace(/<[^>]*>\s*/g, '')
    .replace(/\s*\(fb_\w+\)/, '')
    .trim();
}

/** The line that says where the entry stands, without its times. */
function stateIn(lines: readonly string[]): string {
  const state =
    lines.find((line) => /\b(Open|Acknowledged|Engaged|Resolved)\b/.test(line)) ?? lines.join(' / ');
  return state.split(/ since |: |, /)[0] ?? state;
}
