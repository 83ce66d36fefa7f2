/** What an alert of one entry looks like in Slack: all that a person must know, and where it stands now. */
import type { Channel, EntryWithHistory } from '@receptionist/core';
import type { ToldEntry } from './notifier.ts';
import { buttonsOf, type Looks } from './slack-buttons.ts';
import {
  type Block,
  date,
  escaped,
  mrkdwn,
  plain,
  type SlackContent,
  said,
  section,
} from './slack-markup.ts';
import { markOf, stateOf } from './slack-state.ts';
import { lastWords, nextCommand, reasonInWords, SEVERITY_NAMES } from './words.ts';

/** Slack's limits: a header 150, a section 3,000 characters. */
const LIMITS = { header: 150, words: 2_000 } as const;

/** What is said around the entry itself. */
export interface Frame {
  /** Calls people to it: markup with a space behind it, or ''. */
  mention: string;
  /** Sentences about this message, in markup. */
  remarks: readonly string[];
}

export function slackAlert(
  { entry, tenant }: Pick<ToldEntry, 'entry' | 'tenant'>,
  looks: Looks,
  { mention, remarks }: Frame = { mention: '', remarks: [] },
): SlackContent {
  const title = `${SEVERITY_NAMES[entry.severity]}: ${tenant.name}`;
  const reason = reasonInWords(entry);
  const text = `${mention}${said(`${title}: caller ${reason}`)} (${entry.entry_id})`;
  const situation = [escaped(situationOf(entry)), ...remarks].join(' ');
  return {
    text,
    blocks: [
      { type: 'header', text: plain(`${markOf(entry)} ${title}`, LIMITS.header) },
      section(`${mention}${situation}`),
      {
        type: 'section',
        fields: [
          field('Caller', said(entry.caller ?? 'number withheld')),
          field('Reason', said(reason)),
          field('Since', date(entry.created_at)),
          field('Acknowledge by', date(entry.ack_due_at)),
          field('Engage by', date(entry.engage_due_at)),
          field('Entry', said(entry.entry_id)),
        ],
      },
      { type: 'section', text: plain(wordsOf(entry), LIMITS.words) },
      section(stateOf(entry)),
      ...buttonsOf(entry, looks),
      ...commandOf(entry),
      { type: 'context', elements: [mrkdwn(`Runbook: ${escaped(looks.runbook)}`)] },
    ],
    withoutBlocks: `${text}\n${[situation, stateOf(entry)].join('\n')}`,
  };
}

function situationOf({ channel, context }: EntryWithHistory): string {
  const situations: Record<Channel, string> = {
    manual: 'Filed by hand.',
    voice: context.live ? 'The caller is on the line.' : 'The caller has hung up.',
    sms: 'The caller wrote a text.',
    whatsapp: 'The caller wrote on WhatsApp.',
  };
  return situations[channel] + (context.simulated === true ? ' This is a simulation.' : '');
}

function wordsOf(entry: EntryWithHistory): string {
  const words = lastWords(entry);
  return (
    [entry.context.summary, words ? `Last words: “${words}”` : ''].filter(Boolean).join('\n') || '(no words)'
  );
}

function commandOf(entry: EntryWithHistory): Block[] {
  const command = nextCommand(entry);
  return command === null ? [] : [section(`\`${command}\``)];
}

function field(name: string, value: string) {
  return mrkdwn(`*${name}*\n${value}`);
}
