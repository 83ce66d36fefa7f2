/** Slack's ways to write something. Words of callers and models are escaped or plain text: they mention nobody, and disguise no link. */
import { cleanText, type Instant } from '@receptionist/core';
import type { ChatPostMessageArguments } from '@slack/web-api';

export type Block = NonNullable<Extract<ChatPostMessageArguments, { blocks: unknown }>['blocks']>[number];

/** What a message says. `text` is what a phone shows of it; `withoutBlocks` stands in for all of it where Slack refuses the blocks. */
export interface SlackContent {
  text: string;
  blocks: Block[];
  withoutBlocks: string;
}

export function plain(text: string, limit: number) {
  return { type: 'plain_text', text: cleanText(text, limit), emoji: true } as const;
}

export function mrkdwn(text: string) {
  return { type: 'mrkdwn', text } as const;
}

export function section(text: string) {
  return { type: 'section', text: mrkdwn(text) } as const;
}

/** Somebody's words, cut to `limit` characters, for a place where Slack reads markup. */
export function said(text: string, limit = 500): string {
  return escaped(cleanText(text, limit));
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** In the reader's own time zone. */
export function date(at: Instant): string {
  return shown(at, '{date_short_pretty} {time_secs}');
}

/** The same, with the minutes that are left. */
export function deadline(at: Instant): string {
  return shown(at, '{date_short_pretty} {time_secs} ({ago})');
}

function shown(at: Instant, format: string): string {
  return `<!date^${Math.floor(Date.parse(at) / 1_000)}^${format}|${at}>`;
}
