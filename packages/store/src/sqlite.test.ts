import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe } from 'vitest';
import { START } from './conformance/seeds.ts';
import { storeConformance } from './conformance/store-conformance.ts';
import { openStore } from './open.ts';

describe('the store on SQLite', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'store-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  storeConformance(async () => {
    const store = await openStore({ url: `sqlite:${folder}/test.db`, now: () => new Date(START) });
    await store.migrations.up();
    return store;
  });
});
