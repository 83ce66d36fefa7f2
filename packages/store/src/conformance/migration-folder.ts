/** A folder of migrations and an engine on an empty database, for one test at a time. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import type { Dialect } from '../dialect.ts';
import { createMigrations } from '../migrations/engine.ts';
import type { Backfills } from '../migrations/run.ts';
import { ENGINE_TABLES } from '../migrations/schema-object.ts';
import { openDialect } from '../open.ts';
import type { Migrations } from '../store.ts';
import type { TestDatabase } from '../test-databases.ts';

export const NOW = '2026-11-24T18:00:00.000Z';

export interface Bench {
  readonly database: TestDatabase;
  readonly dialect: Dialect;
  readonly migrations: Migrations;
  /** Writes the file; the headers besides id and phase, if any, stand at the beginning of the script. */
  add(id: string, script: string, phase?: string): Promise<void>;
  write(name: string, content: string): Promise<void>;
  makeFolder(name: string): Promise<void>;
  remove(id: string): Promise<void>;
  engineOn(dialect: Dialect, backfills?: Backfills): Migrations;
  /** Without the engine's own. */
  tables(): Promise<string[]>;
}

export function migrationBench(makeEmptyDatabase: () => Promise<TestDatabase>): Bench {
  let folder: string;
  let database: TestDatabase;
  let dialect: Dialect;
  let migrations: Migrations;

  const write = (name: string, content: string) => writeFile(path.join(folder, name), content);
  const engineOn = (on: Dialect, backfills?: Backfills) =>
    createMigrations({
      dialect: on,
      folder: pathToFileURL(`${folder}/`),
      now: async () => NOW,
      log: undefined,
      backfills,
    });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'migrations-'));
    database = await makeEmptyDatabase();
    dialect = await openDialect(database);
    migrations = engineOn(dialect);
  });
  afterEach(async () => {
    await dialect.close();
    await database.remove();
    await rm(folder, { recursive: true });
  });

  return {
    get database() {
      return database;
    },
    get dialect() {
      return dialect;
    },
    get migrations() {
      return migrations;
    },
    write,
    add: (id, script, phase = 'expand') =>
      write(`${id}.sql`, [`-- id: ${id}`, `-- phase: ${phase}`, script, ''].join('\n')),
    makeFolder: (name) => mkdir(path.join(folder, name)),
    remove: (id) => rm(path.join(folder, `${id}.sql`)),
    engineOn,
    tables: async () => (await dialect.tableNames()).filter((name) => !ENGINE_TABLES.includes(name)),
  };
}
