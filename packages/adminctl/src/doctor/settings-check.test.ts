import { expect, test } from 'vitest';
import { checkNode, checkSettings } from './settings-check.ts';

test.each([
  ['24.0.0', 'ok'],
  ['26.1.0', 'ok'],
  ['22.19.0', 'fail'],
])('Node %s: %s', (version, status) => {
  expect(checkNode(version).status).toBe(status);
});

test('a key of few characters is warned of', async () => {
  const env = { ADMINCTL_ENV_FILE: '/nowhere', ADMIN_USER: 'lex', ADMIN_PRIVATE_KEY: 'ab'.repeat(20) };
  const { findings } = await checkSettings({}, env);
  expect(findings.admin_key).toMatchObject({ status: 'warn', found: expect.stringContaining('2 different') });
});
