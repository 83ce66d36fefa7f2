/** What was done in a guided run, once it has ended. */
import type { Status } from '@receptionist/core';
import { shortIds } from '../ids.ts';
import { table } from '../table.ts';
import type { MoveIntent } from './intents.ts';
import type { Summary, Triaged } from './triage.ts';

const DONE: Readonly<Record<MoveIntent, string>> = {
  acknowledge: 'acknowledged',
  engage: 'engaged',
  join: 'joined',
  note: 'noted',
  tag: 'tagged',
  resolve: 'resolved',
  reopen: 'opened again',
};

export function summaryInWords({ triaged }: Summary): string {
  if (triaged.length === 0) return 'Nobody waits for a human.';
  const shortId = shortIds(triaged.map(({ entry_id }) => entry_id));
  return [
    table(
      [
        { header: 'ID', value: ({ entry_id }) => shortId(entry_id) },
        { header: 'YOU', value: ({ moves }) => moves.map((move) => DONE[move]).join(', ') || 'looked' },
        { header: 'NOW', value: ({ status }) => status },
      ],
      triaged,
    ),
    counted(triaged),
  ].join('\n');
}

function counted(triaged: Triaged[]): string {
  const of = (...statuses: Status[]) => triaged.filter(({ status }) => statuses.includes(status)).length;
  return `${triaged.length} seen: ${of('resolved')} resolved, ${of('acknowledged', 'engaged')} in hand, ${of('open')} open.`;
}
