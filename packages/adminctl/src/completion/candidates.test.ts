import { expect, test } from 'vitest';
import { candidates, type KnownCommand } from './candidates.ts';

const option = (name: string, more = {}) => ({ [name]: { name, type: 'option' as const, ...more } });

const COMMANDS: KnownCommand[] = [
  { id: 'fallback', summary: 'Callers', args: {}, flags: option('status', { options: ['open', 'engaged'] }) },
  { id: 'fallback:list', args: {}, flags: option('status', { options: ['open', 'engaged'] }) },
  { id: 'fallback:ack', summary: 'Have it', args: { id: {} }, flags: option('admin-user') },
  { id: 'fallback:reopen', args: { id: {} }, flags: option('notes') },
  { id: 'set-plan', args: {}, flags: { ...option('plan'), ...option('tenant', { char: 't' }) } },
  { id: 'secret', hidden: true, args: {}, flags: {} },
];

const offered = async (...words: string[]) => {
  const found = await candidates(words, COMMANDS, async (kind) => [{ value: `<${kind}>` }]);
  return found.map(({ value }) => value);
};

test.each([
  [[''], ['fallback', 'set-plan']],
  [['fa'], ['fallback']],
  [['fallback', 'a'], ['ack']],
  [
    ['fallback', ''],
    ['list', 'ack', 'reopen'],
  ],
  [
    ['fallback', '--status', ''],
    ['open', 'engaged'],
  ],
  [['fallback', '--status=e'], ['--status=engaged']],
  [['fallback', '--status', '=', 'e'], ['engaged']],
  [
    ['fallback', '--status', '='],
    ['open', 'engaged'],
  ],
  [['fallback', 'list', '--s'], ['--status']],
  [['fallback', 'ack', ''], ['<waiting>']],
  [['fallback', 'ack', '<waiting>', ''], ['<waiting>']],
  [['fallback', 'ack', '--admin-user', ''], []],
  [['fallback', 'reopen', ''], ['<resolved>']],
  [['set-plan', '-t', ''], ['<tenant>']],
  [['set-plan', '--plan', 'p'], ['pro']],
  [['nope', ''], []],
  [[], ['fallback', 'set-plan']],
])('%j: %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});
