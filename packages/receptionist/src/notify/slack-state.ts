/** Where an entry stands, as its message shows it and as those are told who press too late. */
import type { Entry } from '@receptionist/core';
import { date, deadline, said } from './slack-markup.ts';

const LONGEST_NOTES = 300;

/** The colour that a reader looks for. */
export function markOf({ status, severity }: Pick<Entry, 'status' | 'severity'>): string {
  if (status === 'resolved') return '🟢';
  if (status !== 'open') return '🔵';
  return severity === 'critical' ? '🔴' : '🟡';
}

export function stateOf(entry: Entry): string {
  const { status, assignee, acknowledged_by, acknowledged_at, engaged_by, engaged_at, resolved_at } = entry;
  switch (status) {
    case 'open':
      return `*Open*${assignee ? `, assigned to ${nameInSlack(assignee)}` : ''}: acknowledge by ${deadline(entry.ack_due_at)}${late(entry)}`;
    case 'acknowledged':
      return `*Acknowledged* by ${nameInSlack(acknowledged_by)}${since(acknowledged_at)}${withWhom(entry, acknowledged_by)}: engage by ${deadline(entry.engage_due_at)}${late(entry)}`;
    case 'engaged':
      return `*Engaged* by ${nameInSlack(engaged_by)}${since(engaged_at)}${withWhom(entry, engaged_by)}${late(entry)}`;
    case 'resolved':
      return `*Resolved* by ${nameInSlack(entry.resolved_by)}${resolved_at ? ` ${date(resolved_at)}` : ''}: ${said(entry.resolution_notes ?? '', LONGEST_NOTES)}`;
  }
}

function since(at: string | null): string {
  return at === null ? '' : ` since ${date(at)}`;
}

function withWhom({ assignee }: Entry, actor: string | null): string {
  return assignee === null || assignee === actor ? '' : `, with ${nameInSlack(assignee)}`;
}

function late({ ack_breached, engage_breached }: Entry): string {
  return ack_breached || engage_breached ? '. A deadline was missed' : '';
}

/** Whom nobody has described is `slack:U…`; Slack knows their name. Seldom posted anew, so that it rings nobody. */
function nameInSlack(name: string | null): string {
  const id = /^slack:([UW][A-Z0-9]+)$/.exec(name ?? '')?.[1];
  return id === undefined ? said(name ?? 'somebody') : `<@${id}>`;
}
