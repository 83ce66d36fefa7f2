import { Flags } from '@oclif/core';
import type { EntryNews } from '@receptionist/admin-api';
import { type Entry, REASONS, type Reason, SEVERITIES, STATUSES, type Status } from '@receptionist/core';
import { AdminCommand, type GlobalFlags } from '../../base-command.ts';
import { adminClient } from '../../client.ts';
import { createBoard } from '../../live/board.ts';
import { type Connection, followEntries } from '../../live/follow.ts';
import { watchLive } from '../../live/watch.ts';
import { tenantFlag } from '../../named-flags.ts';
import { openTerminal } from '../../triage/terminal.ts';

interface Watching {
  client: ReturnType<typeof adminClient>;
  tenant_id: string | undefined;
  isWanted: (entry: Entry) => boolean;
  isLast: (news: EntryNews) => boolean;
}

export default class Watch extends AdminCommand {
  static override summary = 'Callers who need a human, live';
  static override description =
    'On a terminal a table that stays true, with a bell for each new critical entry; q quits. Elsewhere one line of JSON for each event: {"event","entry"}. It goes on where it was when the daemon was away.';
  static override examples = [
    'adminctl fallback watch',
    'adminctl fallback watch --tenant t1 --severity critical',
    'adminctl fallback watch --mine',
    'adminctl fallback watch --json | jq -r .entry.entry_id',
    'adminctl fallback watch --exit-on emergency > first-emergency.jsonl',
  ];
  static override flags = {
    tenant: tenantFlag({ description: 'of this tenant' }),
    severity: Flags.custom<Entry['severity']>({ options: SEVERITIES })({ description: 'of this severity' }),
    mine: Flags.boolean({ description: 'held by you' }),
    'exit-on': Flags.custom<Status | Reason>({ options: [...STATUSES, ...REASONS] })({
      description: 'end after the first event of an entry in this state, or with this reason',
      helpValue: 'STATUS|REASON',
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(Watch);
    const settings = this.settings(flags);
    const isWanted = (entry: Entry) =>
      (flags.severity === undefined || entry.severity === flags.severity) &&
      (!flags.mine || entry.assignee === settings.adminUser);
    const watching: Watching = {
      client: adminClient(settings, { timeoutMs: flags.timeout * 1000 }),
      tenant_id: flags.tenant,
      isWanted,
      isLast: ({ entry }) =>
        isWanted(entry) && [entry.status, entry.reason].some((word) => word === flags['exit-on']),
    };
    await (this.#isLive(flags) ? this.#table(watching) : this.#lines(watching));
  }

  /** Each line has been printed already. */
  protected override logJson(): void {}

  #isLive(flags: GlobalFlags): boolean {
    return !this.jsonEnabled() && !flags['no-input'] && Boolean(process.stdin.isTTY && process.stdout.isTTY);
  }

  async #table({ isWanted, ...watching }: Watching): Promise<void> {
    const { stdin: input, stdout: output } = process;
    const quit = new AbortController();
    const terminal = openTerminal({ input, output, interrupted: () => process.exit(130) });
    input.on('keypress', (key: string | undefined) => {
      if (key?.toLowerCase() === 'q') quit.abort();
    });
    try {
      await watchLive({
        ...watching,
        board: createBoard({ isWanted }),
        terminal,
        ring: () => void output.write('\u0007'),
        onResize: (repaint) => {
          output.on('resize', repaint);
          return () => output.off('resize', repaint);
        },
        quit: quit.signal,
      });
    } finally {
      terminal.close();
    }
  }

  async #lines({ client, tenant_id, isWanted, isLast }: Watching): Promise<void> {
    const ended = new AbortController();
    await followEntries({
      client,
      tenant_id,
      signal: ended.signal,
      follower: {
        connection: (connection) => this.#tellOfLoss(connection),
        begin: async ({ missed }) => {
          if (missed)
            this.logToStderr('Some events are too old to be told. List anew: adminctl fallback list');
        },
        news: (news) => {
          if (!isWanted(news.entry) || ended.signal.aborted) return;
          process.stdout.write(`${JSON.stringify(news)}\n`);
          if (isLast(news)) ended.abort();
        },
      },
    });
  }

  #tellOfLoss(connection: Connection): void {
    if (connection.state !== 'lost') return;
    const seconds = Math.ceil((connection.retryAt.getTime() - Date.now()) / 1000);
    this.logToStderr(`${connection.why} Trying again in ${seconds} s.`);
  }
}
