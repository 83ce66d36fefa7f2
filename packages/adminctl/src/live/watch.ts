/** The live table: the board, the stream that keeps it true, and the terminal that shows it. */
import { type AdminClient, type EntryNews, ROUTES } from '@receptionist/admin-api';
import type { Terminal } from '../triage/terminal.ts';
import type { Board } from './board.ts';
import { type Connection, type Follower, followEntries } from './follow.ts';
import { watchScreen } from './screen.ts';

/** Of many changes at once each need not be seen. */
const BETWEEN_FRAMES_MS = 50;
const TICK_MS = 1_000;
const PER_PAGE = 500;

export interface WatchOptions {
  client: AdminClient;
  tenant_id: string | undefined;
  board: Board;
  terminal: Pick<Terminal, 'size' | 'paint'>;
  /** Calls it whenever the terminal has another size, until it is stopped. */
  onResize: (repaint: () => void) => () => void;
  ring: () => void;
  /** Whether that was what was waited for. */
  isLast: (news: EntryNews) => boolean;
  /** Somebody has seen enough. */
  quit: AbortSignal;
  now?: () => Date;
}

/** Until somebody quits, or what was waited for has come. @throws as `followEntries` */
export async function watchLive(options: WatchOptions): Promise<void> {
  const {
    client,
    tenant_id,
    board,
    terminal,
    onResize,
    ring,
    isLast,
    quit,
    now = () => new Date(),
  } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, quit]);
  let connection: Connection = { state: 'connecting', since: now() };
  let frame: NodeJS.Timeout | undefined;

  function paint(): void {
    clearTimeout(frame);
    frame = undefined;
    board.tidy(now());
    terminal.paint(watchScreen({ board, connection }, now(), terminal.size()));
  }

  function paintSoon(): void {
    frame ??= setTimeout(paint, BETWEEN_FRAMES_MS);
  }

  async function list(): Promise<void> {
    board.clear();
    let cursor: string | undefined;
    do {
      const query = { tenant_id, cursor, limit: PER_PAGE };
      const { items, next_cursor } = await client.call(ROUTES.listEntries, { query });
      board.list(items);
      paintSoon();
      cursor = next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  const follower: Follower = {
    connection(next) {
      connection = next;
      paintSoon();
    },
    begin: list,
    news(news) {
      const standsOut = board.put(news.entry, now());
      if (standsOut && news.entry.severity === 'critical') ring();
      if (isLast(news)) ended.abort();
      paintSoon();
    },
  };

  const ticking = setInterval(paint, TICK_MS);
  const stopResizing = onResize(paint);
  try {
    await followEntries({ client, tenant_id, follower, signal, now });
  } finally {
    clearInterval(ticking);
    clearTimeout(frame);
    stopResizing();
  }
}
