/** What happened to an entry, in a line each, for the thread of its message. */
import type { TimelineAction, TimelineEvent } from '@receptionist/core';
import { said } from './slack-markup.ts';

/** A reply has at most so many lines; what came before is in `adminctl fallback show`. */
const MOST_LINES = 30;
const LONGEST_DETAIL = 300;

/** Null where the event needs no line: the message itself shows it. `actor` and `detail` are escaped. */
const WORDS: Readonly<Record<TimelineAction, (actor: string, detail: string) => string | null>> = {
  filed: () => null,
  joined: (_, detail) => `The caller came back to it${behind(detail)}`,
  raised: (_, detail) => `It is graver now${behind(detail)}`,
  alerted: (_, detail) => alertedInWords(detail),
  acknowledged: (actor) => `${actor} acknowledged it`,
  assigned: (actor, detail) => (actor === detail ? `${actor} took it` : `${actor} assigned it to ${detail}`),
  engaged: (actor, detail) => `${actor} is on it${behind(detail)}`,
  noted: (actor, detail) => `${actor} noted${behind(detail)}`,
  tagged: (actor, detail) => `${actor} tagged it${behind(detail)}`,
  ack_missed: () => 'Nobody acknowledged it in time',
  engage_missed: () => 'Nobody engaged in time',
  returned: () => 'It is open again: whoever acknowledged it did not engage in time',
  transfer: (_, detail) => `The caller is put through${behind(detail)}`,
  caller_left: () => 'The caller has hung up',
  approved: (actor, detail) => `${actor} approved it${behind(detail)}`,
  declined: (actor, detail) => `${actor} declined it${behind(detail)}`,
  resolved: (actor, detail) => `${actor} resolved it${behind(detail)}`,
  reopened: (actor, detail) => `${actor} opened it again${behind(detail)}`,
};

/** Null where nothing of it needs words. */
export function threadReply(events: readonly TimelineEvent[]): string | null {
  const lines = events.flatMap(({ actor, action, detail }) => {
    const line = WORDS[action](said(actor), said(detail ?? '', LONGEST_DETAIL));
    return line === null ? [] : [line];
  });
  if (lines.length === 0) return null;
  const left = lines.length - MOST_LINES;
  return [...(left > 0 ? [`(${left} more before)`] : []), ...lines.slice(-MOST_LINES)].join('\n');
}

function behind(detail: string): string {
  return detail === '' ? '' : `: ${detail}`;
}

/** `detail`: the channel, for a text or a call the person, and what came of the call: `call: lex`, `call: lex, no answer`. */
function alertedInWords(detail: string): string | null {
  const [channel, rest = 'somebody'] = detail.split(': ', 2);
  const [person, outcome] = rest.split(', ', 2);
  switch (channel) {
    case 'pagerduty':
      return 'PagerDuty was told';
    case 'call':
      return outcome === undefined ? `${person} was called` : `The call to ${person}: ${outcome}`;
    case 'text':
      return `${person} was texted`;
    default:
      return null;
  }
}
