/** What people are told whose press or form did nothing, and what the button of the runbook says. */
import type { Entry } from '@receptionist/core';
import { escaped } from '../notify/slack-markup.ts';
import { stateOf } from '../notify/slack-state.ts';

export const NOT_RECORDED =
  'This could not be recorded: something failed on our side. Please press again; `adminctl` works too.';
export const FORM_NOT_OPENED =
  'The form could not be opened. Please press again; `adminctl fallback resolve` works too.';

/** A form knows no markup. */
export const FORM_NOT_RECORDED =
  'This could not be recorded: something failed on our side. Please send it again.';
export const FORM_IS_LATE =
  'This takes longer than it should, and goes on. Look at the entry in a moment, or send it again.';

/** `entry`: as it is; null: it is gone. */
export function pressRefused(entry_id: string, entry: Entry | null): string {
  if (entry === null) return `Nothing was changed: there is no entry ${escaped(entry_id)} any more.`;
  return `Nothing was changed. \`${entry_id}\` is already taken care of. ${stateOf(entry)}`;
}

export function formRefused(entry: Entry | null): string {
  if (entry === null) return 'There is no such entry any more: nothing is left to resolve.';
  const { resolved_by, resolved_at } = entry;
  return `${resolved_by} resolved it at ${resolved_at?.slice(0, 16).replace('T', ' ')} UTC. Nothing was changed.`;
}

export function runbookInWords(runbook: string): string {
  return [
    `The runbook is ${escaped(runbook)} of the receptionist (RUNBOOK_URL can name an address). In short:`,
    '1. Take it: *Acknowledge*. Nobody else is paged then.',
    '2. Read it: `adminctl fallback show ID`.',
    '3. Help: call the number of the alert as the business, and say so: `adminctl fallback engage ID --how "calling back"`.',
    '4. *Resolve…* with notes on what was done.',
  ].join('\n');
}
