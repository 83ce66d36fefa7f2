/** What PagerDuty is told of an entry: all that a person must know who is woken by it. */
import { cleanText, type Severity } from '@receptionist/core';
import type { Alert, ListedEntry } from './notifier.ts';
import { acknowledgeCommand, lastWords, reasonInWords, SEVERITY_NAMES } from './words.ts';

/** PagerDuty's limit is 1,024; what is read aloud to somebody in bed should be far shorter. */
const SUMMARY_LIMIT = 400;
const WORDS_LIMIT = 2_000;

/**
 * Services that take their urgency from the alert page for `critical` and `error` alone: a standard entry gets as far as
 * PagerDuty when nobody came for an hour, and then a `warning` would wake nobody.
 */
const SEVERITIES: Readonly<Record<Severity, 'critical' | 'error'>> = {
  critical: 'critical',
  standard: 'error',
};

/** PagerDuty takes what has the same key for the same incident; a new round is a new one, and pages again. */
export function dedupKey({ entry_id, round }: { entry_id: string; round: number }): string {
  return `${entry_id}.${round}`;
}

/** Null where it is no key of ours. */
export function readDedupKey(key: string): { entry_id: string; round: number } | null {
  const [, entry_id, round] = /^(fb_[0-9a-z]{1,40})\.([1-9]\d{0,8})$/.exec(key) ?? [];
  return entry_id && round ? { entry_id, round: Number(round) } : null;
}

/** `runbook`: an address, or the name of a file. */
export function triggerOf(alert: Alert, { runbook }: { runbook: string }) {
  const { entry, tenant } = alert.told;
  return {
    payload: {
      summary: summaryOf(alert),
      source: 'receptionistd',
      severity: SEVERITIES[entry.severity],
      timestamp: entry.created_at,
      component: tenant.tenant_id,
      class: entry.reason,
      custom_details: detailsOf(alert, runbook),
    },
    client: 'receptionistd',
    ...(/^https?:/.test(runbook) ? { links: [{ href: runbook, text: 'Runbook' }] } : {}),
  };
}

function summaryOf({ told: { entry, tenant }, others }: Alert): string {
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  const ending = ` (${entry.entry_id})${more}${entry.context.simulated === true ? '. This is a simulation.' : ''}`;
  const what = `${SEVERITY_NAMES[entry.severity]}: ${tenant.name}: caller ${reasonInWords(entry)}`;
  return cleanText(what, SUMMARY_LIMIT - ending.length) + ending;
}

function detailsOf({ told: { entry, tenant }, others }: Alert, runbook: string) {
  const { entry_id, caller, context, ack_due_at, engage_due_at } = entry;
  return {
    entry: entry_id,
    tenant: tenant.name,
    caller: caller ?? 'number withheld',
    reason: cleanText(reasonInWords(entry), WORDS_LIMIT),
    on_the_line: context.live,
    summary: cleanText(context.summary, WORDS_LIMIT),
    last_words: cleanText(lastWords(entry) ?? '', WORDS_LIMIT),
    acknowledge_by: ack_due_at,
    engage_by: engage_due_at,
    acknowledge: acknowledgeCommand(entry),
    runbook,
    ...(others.length > 0 ? { others: others.map(line) } : {}),
  };
}

function line({ entry, tenant }: ListedEntry): string {
  return `${entry.entry_id}: ${SEVERITY_NAMES[entry.severity]}: ${cleanText(tenant, 100)}: ${entry.reason}`;
}
