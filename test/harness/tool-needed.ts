/** Vitest's setup file for kinds of tests of which each needs the tool that `TEST_NEEDS` names. */
import { beforeEach } from 'vitest';
import { needs, type ToolName } from '../../scripts/optional-tools.ts';

beforeEach(({ task, skip }) => {
  const { skip: missing, meta } = needs(process.env.TEST_NEEDS as ToolName);
  Object.assign(task.meta, meta);
  skip(missing);
});
