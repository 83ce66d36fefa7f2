/** Where no channel is configured, alerts go to the log: better than nowhere, and it says so. */
import type { Log } from '../observability/log.ts';
import type { Notifier } from './notifier.ts';
import { acknowledgeCommand, lastWords, reasonInWords } from './words.ts';

export function createLogNotifier({ log, runbook }: { log: Log; runbook: string }): Notifier {
  return {
    async send({ entry, tenant }) {
      const { entry_id, tenant_id, severity, reason, caller, ack_due_at, engage_due_at, context } = entry;
      const what = {
        entry_id,
        tenant_id,
        tenant: tenant.name,
        severity,
        reason,
        why: reasonInWords(entry),
        caller,
      };
      const when = { ack_due_at, engage_due_at, live: context.live };
      const words = { summary: context.summary, last_words: lastWords(entry) };
      log.warn(
        { ...what, ...when, ...words, command: acknowledgeCommand(entry), runbook },
        'A caller needs a human. This alert went to the log alone: set SLACK_BOT_TOKEN to have it in Slack',
      );
      return { reference: null };
    },
  };
}
