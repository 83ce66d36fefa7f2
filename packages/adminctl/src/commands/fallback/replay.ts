import { Args, Flags } from '@oclif/core';
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import type { Reason } from '@receptionist/core';
import { AdminCommand, type GlobalFlags } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { shortIds } from '../../ids.ts';
import { replayAll, summaryInWords } from '../../learning/replay-all.ts';
import { type Replayed, replayInWords } from '../../learning/replay-words.ts';
import { sinceFrom } from '../../moments.ts';
import { fullEntryId } from '../../move-command.ts';
import { tenantFlag } from '../../named-flags.ts';

export default class Replay extends AdminCommand {
  static override summary = 'Take the conversation again: would it escalate today?';
  static override description = [
    "What the caller said goes through today's receptionist, at the times of then. Nothing is written, and nobody is told.",
    'Each turn is shown as it was then and as it is now; * marks what differs.',
  ].join('\n');
  static override examples = [
    'adminctl fallback replay 7k2m9q',
    'adminctl fallback replay --since 7d',
    'adminctl fallback replay --since 7d --tenant t1 --json',
  ];
  static override args = {
    id: Args.string({ description: 'id of the entry, or an ending that only it has', ignoreStdin: true }),
  };
  static override flags = {
    since: Flags.string({ description: 'every entry since, as 7d, 12h or a time', helpValue: 'WHEN' }),
    tenant: tenantFlag({ description: 'with --since: of this tenant', dependsOn: ['since'] }),
  };

  override async run() {
    const { args, flags } = await this.parse(Replay);
    if ((args.id === undefined) === (flags.since === undefined))
      throw new CommandError(
        'usage',
        'Name one entry, or --since for all of a time.',
        'adminctl fallback replay ID',
      );
    const client = this.client(flags);
    return args.id === undefined ? this.#all(client, flags) : this.#one(client, args.id);
  }

  async #one(client: AdminClient, id: string) {
    const entry_id = await fullEntryId(client, id);
    const replay = await client.call(ROUTES.replayEntry, { params: { entry_id } });
    this.log(replayInWords(replay, this.width));
    if (canBeLearned(replay)) this.next(`adminctl fallback learn ${shortIds([entry_id])(entry_id)}`);
    return replay;
  }

  async #all(
    client: AdminClient,
    flags: GlobalFlags & { since?: string | undefined; tenant?: string | undefined },
  ) {
    const since = sinceFrom(flags.since ?? '', new Date());
    const summary = await replayAll(client, { since, tenant_id: flags.tenant }, this.#progress());
    if (summary.items.length + summary.skipped.length === 0)
      this.logToStderr('There was no entry since then.');
    else this.log(summaryInWords(summary, this.width));
    return summary;
  }

  /** One line that is written over. */
  #progress(): (done: number, all: number) => void {
    const { stderr } = process;
    if (!stderr.isTTY || this.jsonEnabled()) return () => {};
    return (done, all) => void stderr.write(done === all ? '\r\x1b[K' : `\r${done} of ${all}`);
  }
}

/** What the tenant had not told anybody; the other reasons need a person whatever it tells. */
const LEARNABLE: readonly Reason[] = ['no_answer_found', 'low_confidence', 'out_of_scope'];

function canBeLearned({ now }: Replayed): boolean {
  return now !== null && LEARNABLE.includes(now.reason);
}
