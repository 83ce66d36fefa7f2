/** Asks a database of a test what no verb answers, and fills one with more than verbs could in time. */
import Database from 'better-sqlite3';
import pg from 'pg';

export type Row = Record<string, unknown>;

/** `url` as in DATABASE_URL. */
export async function query(url: string, sql: string): Promise<Row[]> {
  const file = fileOf(url);
  if (file) return inFile(file, (database) => database.prepare(sql).all() as Row[]);
  return onServer(url, async (client) => (await client.query(sql)).rows);
}

/** Several statements. */
export async function execute(url: string, sql: string): Promise<void> {
  const file = fileOf(url);
  if (file) inFile(file, (database) => database.exec(sql));
  else await onServer(url, (client) => client.query(sql));
}

function fileOf(url: string): string | undefined {
  return /^sqlite:(.+)$/.exec(url)?.[1];
}

function inFile<T>(file: string, work: (database: Database.Database) => T): T {
  const database = new Database(file, { fileMustExist: true });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
