/** What an alert looks like in Slack. Words of callers are plain text or escaped: they can mention nobody. */
import { type Channel, cleanText, type EntryWithHistory, type Instant } from '@receptionist/core';
import type { ChatPostMessageArguments } from '@slack/web-api';
import { type Alert, roundOf } from './notifier.ts';
import { acknowledgeCommand, lastWords, reasonInWords } from './words.ts';

/** Slack's limits: a header 150, a field 2,000, a section 3,000 characters. */
const LIMITS = { header: 150, field: 500, section: 2_000 } as const;

type SlackAlert = Pick<ChatPostMessageArguments, 'metadata'> & {
  text: string;
  blocks: NonNullable<Extract<ChatPostMessageArguments, { blocks: unknown }>['blocks']>;
};

/** `runbook`: an address, or the name of a file. */
export function slackAlert({ entry, tenant }: Alert, { runbook }: { runbook: string }): SlackAlert {
  const critical = entry.severity === 'critical';
  const title = `${critical ? 'Critical' : 'Standard'}: ${tenant.name}`;
  const reason = reasonInWords(entry);
  const mention = critical ? '<!here> ' : '';
  return {
    text: `${mention}${escaped(`${title}: caller ${reason} (${entry.entry_id})`)}`,
    blocks: [
      { type: 'header', text: plain(`${critical ? '🔴' : '🟡'} ${title}`, LIMITS.header) },
      { type: 'section', text: mrkdwn(`${mention}${escaped(situation(entry))}`) },
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
      { type: 'section', text: plain(wordsOf(entry), LIMITS.section) },
      { type: 'section', text: mrkdwn(`\`${acknowledgeCommand(entry)}\``) },
      { type: 'context', elements: [mrkdwn(`Runbook: ${escaped(runbook)}`)] },
    ],
    // Every member of the workspace can read this: ids alone.
    metadata: {
      event_type: 'human_fallback',
      event_payload: { entry_id: entry.entry_id, round: roundOf(entry) },
    },
  };
}

function situation({ channel, context }: EntryWithHistory): string {
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

function plain(text: string, limit: number) {
  return { type: 'plain_text', text: cleanText(text, limit), emoji: true } as const;
}

function mrkdwn(text: string) {
  return { type: 'mrkdwn', text } as const;
}

function field(name: string, value: string) {
  return mrkdwn(`*${name}*\n${value}`);
}

function said(text: string): string {
  return escaped(cleanText(text, LIMITS.field));
}

/** In the reader's own time zone. */
function date(at: Instant): string {
  return `<!date^${Math.floor(Date.parse(at) / 1_000)}^{date_short_pretty} {time_secs}|${at}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
