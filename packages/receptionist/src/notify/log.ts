/** Where no channel is configured, alerts go to the log: better than nowhere, and it says so. */
import type { Log } from '../observability/log.ts';
import type { Alerter, ListedEntry } from './notifier.ts';
import { acknowledgeCommand, lastWords, reasonInWords } from './words.ts';

const WORDS =
  'A caller needs a human. This alert went to the log alone: set SLACK_BOT_TOKEN to have it in Slack';

export function createLogAlerter({ log, runbook }: { log: Log; runbook: string }): Alerter {
  return {
    async alert({ told, others, late }) {
      const { entry, tenant } = told;
      const words = {
        live: entry.context.live,
        summary: entry.context.summary,
        last_words: lastWords(entry),
      };
      log.warn({ ...factsOf({ ...told, tenant: tenant.name }), ...words, late, runbook }, WORDS);
      for (const other of others) log.warn({ ...factsOf(other), late, runbook }, WORDS);
      return { reference: null };
    },
  };
}

function factsOf({ entry, tenant, round }: ListedEntry) {
  const { entry_id, tenant_id, severity, status, reason, caller, ack_due_at, engage_due_at } = entry;
  return {
    ...{ entry_id, tenant_id, tenant, severity, status, round, reason, why: reasonInWords(entry), caller },
    ...{ ack_due_at, engage_due_at, command: acknowledgeCommand(entry) },
  };
}
