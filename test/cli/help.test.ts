/** Help agrees with the commands, and docs/adminctl.md with both. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadCommands, renderReference } from 'adminctl';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ADMINCTL } from './office.ts';

const commands = await loadCommands();
const help = async (...words: string[]) => execa(ADMINCTL, words, { input: '', reject: false });

test('the first screen fits, and has every command', async () => {
  const { stdout, exitCode } = await help('--help');
  const lines = stdout.split('\n');
  // A list that goes on in the next line.
  const topics = stdout.replace(/\n {10,}/g, ' ').split('\n');
  expect(exitCode).toBe(0);
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(86);
  for (const { id } of commands) {
    const [topic = '', name = topic] = id.split(':');
    const line = topics.find((each) => new RegExp(`^ {2}(\\w+, )?${topic}\\b`).test(each));
    expect(line, id).toContain(name);
  }
  expect((await help()).stdout).toBe(stdout);
  expect((await help('help')).stdout).toBe(stdout);
});

test.each(commands.map(({ id }) => id.replaceAll(':', ' ')).filter((id) => id !== 'help'))(
  'adminctl %s --help begins with examples that run it',
  async (command) => {
    const { stdout, stderr, exitCode } = await help(...command.split(' '), '--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [, heading, example] = stdout.split(/\n+/);
    expect(heading).toBe('EXAMPLES');
    expect(example).toContain('adminctl');
  },
);

test.each(['exit-codes', 'settings', 'scripts'])('help %s', async (topic) => {
  expect((await help('help', topic)).stdout).toMatch(/^[A-Z ]+\n/);
});

test('help COMMAND is COMMAND --help', async () => {
  expect((await help('help', 'fallback', 'ack')).stdout).toBe(
    (await help('fallback', 'ack', '--help')).stdout,
  );
});

test('help on what is not there is wrong usage', async () => {
  expect(await help('help', 'set-plna')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('set-plan'),
  });
  expect(await help('nope', '--help')).toMatchObject({ exitCode: 2 });
});

test('--version has the name and the version', async () => {
  expect((await help('--version')).stdout).toMatch(/^adminctl\/\d+\.\d+\.\d+ /);
});

test('docs/adminctl.md is made of the commands as they are', async () => {
  const page = await readFile(path.resolve(import.meta.dirname, '../../docs/adminctl.md'), 'utf8');
  expect(page).toContain(await renderReference());
});
