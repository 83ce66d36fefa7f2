/** The buttons of an entry. Their `value` is its id alone: a press acts on the entry as it is then, however old the message. */
import type { Entry } from '@receptionist/core';
import type { Block } from './slack-markup.ts';

export const SLACK_ACTIONS = ['acknowledge', 'assign', 'resolve', 'runbook'] as const;
export type SlackAction = (typeof SLACK_ACTIONS)[number];

/** How messages look here. */
export interface Looks {
  /** An address, or the name of a file. */
  runbook: string;
  /** Whether a press reaches us. */
  interactive: boolean;
}

export function acknowledgeButton({ entry_id }: Pick<Entry, 'entry_id'>) {
  return { ...button('acknowledge', 'Acknowledge', entry_id), style: 'primary' } as const;
}

/** What can be done with the entry now; a list of one block, or of none. */
export function buttonsOf(entry: Entry, { runbook, interactive }: Looks): Block[] {
  if (!interactive) return [];
  const { entry_id, status } = entry;
  const elements = [
    ...(status === 'open' ? [acknowledgeButton(entry)] : []),
    ...(status === 'resolved'
      ? []
      : [button('assign', 'Assign to me', entry_id), button('resolve', 'Resolve…', entry_id)]),
    { ...button('runbook', 'Runbook', entry_id), ...(isAddress(runbook) ? { url: runbook } : {}) },
  ];
  return [{ type: 'actions', elements }];
}

export function isAddress(runbook: string): boolean {
  return /^https?:\/\//.test(runbook) && URL.canParse(runbook);
}

function button(action_id: SlackAction, label: string, value: string) {
  return { type: 'button', action_id, text: { type: 'plain_text', text: label }, value } as const;
}
