import { Flags } from '@oclif/core';
import { ROUTES } from '@receptionist/admin-api';
import { type Entry, REASONS, SEVERITIES, STATUSES } from '@receptionist/core';
import { AdminCommand } from '../../base-command.ts';
import { callerInWords, reasonInWords } from '../../fallback-words.ts';
import { shortIds } from '../../ids.ts';
import { due, sinceFrom } from '../../moments.ts';
import { listFlags, tenantFlag } from '../../named-flags.ts';
import type { Column } from '../../table.ts';

export default class List extends AdminCommand {
  static override summary = 'Callers who need a human, most urgent first';
  static override description = 'Without --status: those that are not resolved.';
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
    const page = await this.client(flags).all(ROUTES.listEntries, { query }, flags);
    this.tellList(page, {
      columns: columns(page.items, now),
      name: ({ entry_id }) => entry_id,
      none: 'Nobody waits for a human.',
      output: flags.output,
    });
    return page;
  }
}

function columns(entries: Entry[], now: Date): Column<Entry>[] {
  const shortId = shortIds(entries.map(({ entry_id }) => entry_id));
  return [
    { header: 'ID', value: ({ entry_id }) => shortId(entry_id) },
    { header: 'SEVERITY', value: ({ severity }) => severity },
    { header: 'STATUS', value: ({ status }) => status },
    { header: 'TENANT', value: ({ tenant_id }) => tenant_id, elastic: true },
    { header: 'CALLER', value: callerInWords },
    { header: 'REASON', value: ({ reason }) => reasonInWords(reason), elastic: true },
    { header: 'DUE', value: (entry) => due(entry, now) },
    { header: 'WITH', value: ({ assignee }) => assignee ?? '-' },
  ];
}
