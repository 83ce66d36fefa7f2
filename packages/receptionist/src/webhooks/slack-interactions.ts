/**
 * What people do in Slack with an entry: they press the buttons of its message, and send the form that resolves it. Each
 * request counts once, with its audit row. What it changed shows on the message; why it changed nothing is told to the one
 * who pressed, alone.
 */
import { type EntryWithHistory, type Instant, type Move, Problem } from '@receptionist/core';
import type { AuditRow, Store, Verbs } from '@receptionist/store';
import { auditedMove } from '../admin/audited-move.ts';
import { masked } from '../admin/masked.ts';
import type { Wake } from '../escalation/wake.ts';
import { isAddress, type SlackAction } from '../notify/slack-buttons.ts';
import { createSlackConnection, type SlackAccess } from '../notify/slack-connection.ts';
import { refusalOf } from '../notify/slack-faults.ts';
import type { Log } from '../observability/log.ts';
import { type FormErrors, formErrors, MOST_TAGS_OFFERED, readForm, resolveForm } from './slack-form.ts';
import type { Interaction, Press, Submission } from './slack-payloads.ts';
import { SLACK_TOLERANCE_MS } from './slack-signature.ts';
import {
  FORM_NOT_OPENED,
  FORM_NOT_RECORDED,
  formRefused,
  NOT_RECORDED,
  pressRefused,
  runbookInWords,
} from './slack-words.ts';

const WHISPER_TIMEOUT_MS = 3_000;

/** A request as it arrived. */
export interface InteractionRequest {
  /** The same for the same request alone. */
  digest: string;
  origin: Pick<AuditRow, 'request_id' | 'address'>;
}

/** What Slack is answered: what is wrong in a form; null closes it, and is all that a press wants. */
export type InteractionAnswer = { response_action: 'errors'; errors: FormErrors } | null;

/** Never rejects. */
export type TakeInteraction = (
  interaction: Interaction,
  request: InteractionRequest,
) => Promise<InteractionAnswer>;

/** What a move came to. Refused: why, and the entry as it is, or null where it is gone. */
type Moved = { refused: false } | { refused: true; entry: EntryWithHistory | null };

export function createSlackInteractions({
  store,
  slack: access,
  runbook,
  wake,
  log,
}: {
  store: Store;
  slack: SlackAccess;
  /** An address, or the name of a file. */
  runbook: string;
  wake: Wake;
  log: Log;
}): TakeInteraction {
  const slack = createSlackConnection(access);

  const presses: Readonly<Record<SlackAction, (press: Press, request: InteractionRequest) => Promise<void>>> =
    {
      acknowledge: (press, request) => moveByPress(press, request, () => ({ move: 'acknowledge' })),
      assign: (press, request) => moveByPress(press, request, (assignee) => ({ move: 'assign', assignee })),
      resolve: openForm,
      runbook: async (press) => {
        // An address was opened by Slack itself.
        if (!isAddress(runbook)) await whisper(press, runbookInWords(runbook));
      },
    };

  return (interaction, request) =>
    interaction.type === 'block_actions' ? takePress(interaction, request) : takeForm(interaction, request);

  async function takePress(press: Press, request: InteractionRequest): Promise<null> {
    const { action_id, value: entry_id } = press.actions[0];
    try {
      await presses[action_id](press, request);
    } catch (error) {
      log.error({ error, entry_id, action_id }, 'a press in Slack failed; whoever pressed was told');
      await whisper(press, NOT_RECORDED);
    }
    return null;
  }

  async function takeForm(form: Submission, request: InteractionRequest): Promise<InteractionAnswer> {
    const { private_metadata: entry_id } = form.view;
    try {
      const move: Move = { move: 'resolve', ...readForm(form) };
      const moved = await makeMove(entry_id, form.user.id, request, () => move);
      return moved.refused ? withErrors({ notes: formRefused(moved.entry) }) : null;
    } catch (error) {
      if (error instanceof Problem && error.code === 'invalid_body') return withErrors(formErrors(error));
      log.error({ error, entry_id }, 'a form in Slack failed; whoever sent it was told');
      return withErrors({ notes: FORM_NOT_RECORDED });
    }
  }

  async function moveByPress(
    press: Press,
    request: InteractionRequest,
    moveOf: (actor: string) => Move,
  ): Promise<void> {
    const { value: entry_id } = press.actions[0];
    const moved = await makeMove(entry_id, press.user.id, request, moveOf);
    if (moved.refused) await whisper(press, pressRefused(entry_id, moved.entry));
  }

  async function makeMove(
    entry_id: string,
    slack_user_id: string,
    request: InteractionRequest,
    moveOf: (actor: string) => Move,
  ): Promise<Moved> {
    const actor = await nameOf(slack_user_id);
    const move = masked(moveOf(actor));
    const moved = await once(request, async (tx, now): Promise<Moved> => {
      try {
        await auditedMove(tx, { entry_id, move, actor, now, origin: request.origin });
        return { refused: false };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        // Core said no, before anything was written: that the request was used stays.
        return { refused: true, entry: await tx.getEntry(entry_id) };
      }
    });
    if (moved === null || moved.refused) return moved ?? { refused: false };
    wake.ring('entry', entry_id);
    return moved;
  }

  async function nameOf(slack_user_id: string): Promise<string> {
    const { people } = await store.read.getOnCall();
    return people.find((person) => person.slack_user_id === slack_user_id)?.user ?? `slack:${slack_user_id}`;
  }

  async function openForm(press: Press, request: InteractionRequest): Promise<void> {
    const { value: entry_id } = press.actions[0];
    const found = await once(request, async (tx) => {
      const entry = await tx.getEntry(entry_id);
      return { entry, usedTags: entry ? await tx.usedTags(entry.tenant_id, MOST_TAGS_OFFERED) : [] };
    });
    if (found === null) return;
    const { entry, usedTags } = found;
    if (entry === null || entry.status === 'resolved') return whisper(press, pressRefused(entry_id, entry));
    try {
      const client = await slack();
      await client.views.open({ trigger_id: press.trigger_id, view: resolveForm(entry, usedTags) });
    } catch (error) {
      const why = refusalOf(error) ?? (error as Error).message;
      log.warn(
        { entry_id, why },
        'the form that resolves an entry could not be opened; whoever pressed was told',
      );
      await whisper(press, FORM_NOT_OPENED);
    }
  }

  /** Null: the same request was taken before. */
  async function once<T>(
    { digest }: InteractionRequest,
    work: (tx: Verbs, now: Instant) => Promise<T>,
  ): Promise<T | null> {
    const now = await store.now();
    // Past its own tolerance, and that of a clock that is ahead, it is refused anyway.
    const expires_at = new Date(Date.parse(now) + 2 * SLACK_TOLERANCE_MS).toISOString();
    try {
      return await store.transact(async (tx) => {
        await tx.useTokenOnce(`slack:${digest}`, expires_at);
        return work(tx, now);
      });
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthorized') return null;
      throw error;
    }
  }

  /** Only the one who pressed sees it. Never rejects. */
  async function whisper({ response_url, actions }: Press, text: string): Promise<void> {
    try {
      const { status } = await fetch(response_url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
        signal: AbortSignal.timeout(WHISPER_TIMEOUT_MS),
      });
      if (status >= 400) throw new Error(`Slack answered ${status}`);
    } catch (error) {
      log.warn(
        { error, entry_id: actions[0].value },
        'whoever pressed a button in Slack could not be told why nothing changed',
      );
    }
  }
}

function withErrors(errors: FormErrors): InteractionAnswer {
  return { response_action: 'errors', errors };
}
