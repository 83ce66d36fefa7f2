/** Vitest's setup file for tests that are on Postgres as a whole. */
import { beforeEach } from 'vitest';
import { needs } from '../../scripts/optional-tools.ts';

beforeEach(({ task, skip }) => {
  const { skip: missing, meta } = needs('postgres');
  Object.assign(task.meta, meta);
  skip(missing);
});
