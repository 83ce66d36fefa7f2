/** Fallback entries as text, a page at a time, so that memory holds a page and no more. */
import {
  type AdminClient,
  type Answer,
  type CallOptions,
  ROUTES,
  type Routes,
} from '@receptionist/admin-api';
import type { Entry } from '@receptionist/core';
import { csvLine } from './csv.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Query = NonNullable<CallOptions<Routes['listEntries']>['query']>;
type Page = Answer<Routes['listEntries']>;

export interface EntryExport {
  client: AdminClient;
  query: Query;
  /** Is told of each page how many entries it had. */
  progress: (entries: number) => void;
}

const PAGE = 100;
const AT_THE_SAME_TIME = 10;

/** The members of an entry, in the order of the API; a test compares them with its schema. */
const COLUMNS = [
  'entry_id', 'tenant_id', 'conversation_id', 'channel', 'caller', 'reason', 'reason_detail', 'severity', 'status',
  'created_at', 'ack_due_at', 'engage_due_at', 'ack_breached', 'engage_breached', 'assignee', 'acknowledged_by',
  'acknowledged_at', 'engaged_by', 'engaged_at', 'resolved_by', 'resolved_at', 'resolution_notes', 'tags',
] as const satisfies (keyof Entry)[]; // biome-ignore format: a list of words

export const EXPORTS: Readonly<Record<ExportFormat, (options: EntryExport) => AsyncGenerator<string>>> = {
  /** Each entry with context, notifications and timeline. */
  async *jsonl({ client, query, progress }) {
    for await (const { items } of pages(client, query)) {
      for (let at = 0; at < items.length; at += AT_THE_SAME_TIME) {
        const some = items.slice(at, at + AT_THE_SAME_TIME);
        const whole = await Promise.all(
          some.map(({ entry_id }) => client.call(ROUTES.getEntry, { params: { entry_id } })),
        );
        yield whole.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      }
      progress(items.length);
    }
  },
  async *csv({ client, query, progress }) {
    yield csvLine(COLUMNS);
    for await (const { items } of pages(client, query)) {
      yield items.map((entry) => csvLine(COLUMNS.map((column) => cellOf(entry[column])))).join('');
      progress(items.length);
    }
  },
};

async function* pages(client: AdminClient, query: Query): AsyncGenerator<Page> {
  let cursor: string | undefined;
  do {
    const page: Page = await client.call(ROUTES.listEntries, { query: { ...query, cursor, limit: PAGE } });
    yield page;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

function cellOf(value: Entry[(typeof COLUMNS)[number]]): string | boolean | null {
  return Array.isArray(value) ? value.join('; ') : value;
}
