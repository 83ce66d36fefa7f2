import { Flags } from '@oclif/core';
import { type CallOptions, ROUTES } from '@receptionist/admin-api';
import { type Entry, REASONS, SEVERITIES, STATUSES } from '@receptionist/core';
import { AdminCommand, type GlobalFlags } from '../../base-command.ts';
import { entryColumns, entryLook } from '../../fallback-words.ts';
import { sinceFrom } from '../../moments.ts';
import { listFlags, type Output, tenantFlag } from '../../named-flags.ts';

type EntryQuery = NonNullable<CallOptions<typeof ROUTES.listEntries>['query']>;

const A_PAGE = 50;

export default class List extends AdminCommand {
  static override summary = 'Callers who need a human, most urgent first';
  static override description =
    'Without --status: those that are not resolved. A table has the first 50, unless --limit says more; -o name and --json have all. Red is late, yellow will be soon, bold is critical.';
  static override examples = [
    'adminctl fallback list',
    'adminctl fallback list --status open --severity critical',
    'adminctl fallback list --mine --since 2h',
    'adminctl fallback list --tenant t1 -o name | adminctl fallback ack -',
  ];
  static override flags = {
    ...listFlags,
    status: Flags.custom<Entry['status']>({ options: STATUSES })({
      description: 'in this state; may repeat',
      multiple: true,
      multipleNonGreedy: true,
    }),
    tenant: tenantFlag({ description: 'of this tenant' }),
    severity: Flags.custom<Entry['severity']>({ options: SEVERITIES })({ description: 'of this severity' }),
    reason: Flags.custom<Entry['reason']>({ options: REASONS })({
      description: 'for this reason',
      helpValue: 'REASON',
    }),
    tag: Flags.string({ description: 'with this tag', helpValue: 'TAG' }),
    assignee: Flags.string({ description: 'held by this person', helpValue: 'USER' }),
    mine: Flags.boolean({ description: 'held by you', exclusive: ['assignee'] }),
    since: Flags.string({ description: 'filed since, as 2h, 3d or a time', helpValue: 'WHEN' }),
    q: Flags.string({
      description: 'with these words in id, caller, detail, notes or tags',
      helpValue: 'WORDS',
    }),
  };

  override async run() {
    const { flags } = await this.parse(List);
    this.outputAs(flags.output);
    const now = new Date();
    const query = {
      status: flags.status,
      tenant_id: flags.tenant,
      severity: flags.severity,
      reason: flags.reason,
      tag: flags.tag,
      assignee: flags.mine ? this.settings(flags).adminUser : flags.assignee,
      since: flags.since === undefined ? undefined : sinceFrom(flags.since, now),
      q: flags.q,
    };
    const page = await this.#page(query, flags);
    this.tellList(page, {
      columns: entryColumns(page.items, now),
      look: (entry) => entryLook(entry, now),
      name: ({ entry_id }) => entry_id,
      none: 'Nobody waits for a human.',
      output: flags.output,
    });
    return page;
  }

  /** A person reads a page or so; a program gets all of them. */
  async #page(query: EntryQuery, flags: GlobalFlags & { limit?: number | undefined; output: Output }) {
    const client = this.client(flags);
    const isForPerson = flags.output === 'table' && !this.jsonEnabled() && flags.limit === undefined;
    if (!isForPerson) return client.all(ROUTES.listEntries, { query }, flags);
    const { items, total = items.length } = await client.call(ROUTES.listEntries, {
      query: { ...query, limit: A_PAGE, count: true },
    });
    return { items, next_cursor: null, more: total - items.length };
  }
}
