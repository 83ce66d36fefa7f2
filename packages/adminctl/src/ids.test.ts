import { expect, test } from 'vitest';
import { givenIds, idsIn, shortIds, theOneEndingWith } from './ids.ts';

const nothing = async () => '';

test('ids keep their order, each once', async () => {
  expect(await givenIds(['b', 'a', 'b'], 'entry_id', nothing)).toEqual({ ids: ['b', 'a'], several: true });
  expect(await givenIds(['a'], 'entry_id', nothing)).toEqual({ ids: ['a'], several: false });
});

test('what comes through a pipe counts as several, however many came', async () => {
  expect(await givenIds(['-'], 'entry_id', async () => 'fb_1\n')).toEqual({ ids: ['fb_1'], several: true });
});

test.each([
  ['names', 'fb_1\nfb_2\n'],
  ['a list', '{"items":[{"entry_id":"fb_1","tenant_id":"t1"},{"entry_id":"fb_2"}],"next_cursor":null}'],
  ['results', ' {"results":[{"id":"fb_1","ok":true},{"id":"fb_2","ok":false}]}'],
  ['an array', '["fb_1","fb_2"]'],
])('ids are read from %s', (_, text) => {
  expect(idsIn(text, 'entry_id')).toEqual(['fb_1', 'fb_2']);
});

test('one entry is read as one id', () => {
  expect(idsIn('{"entry_id":"fb_1","tags":[]}', 'entry_id')).toEqual(['fb_1']);
});

test.each([
  ['{"items":[', 'broken'],
  ['{"items":[{"name":"x"}]}', 'entry_id'],
  ['[null]', 'entry_id'],
])('%s is explained', (text, word) => {
  expect(() => idsIn(text, 'entry_id')).toThrow(word);
});

test('no id at all is wrong usage', async () => {
  await expect(givenIds(['-'], 'entry_id', nothing)).rejects.toMatchObject({ code: 'usage' });
  await expect(givenIds([''], 'entry_id', nothing)).rejects.toMatchObject({ code: 'usage' });
});

test('an ending names an entry only where it is the only one', () => {
  const ids = ['fb_0001ab', 'fb_0002ab', 'fb_0003cd'];
  expect(theOneEndingWith('cd', ids)).toBe('fb_0003cd');
  expect(() => theOneEndingWith('ab', ids)).toThrow('0001ab  (fb_0001ab)\n  0002ab  (fb_0002ab)');
  expect(() => theOneEndingWith('zz', ids)).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('short ids grow until they differ', () => {
  const ids = ['fb_1aaaaaaa', 'fb_2aaaaaaa', 'fb_3bbbbbbb'];
  expect(ids.map(shortIds(ids))).toEqual(['1aaaaaaa', '2aaaaaaa', '3bbbbbbb']);
  expect(shortIds(['fb_1aaaaaaa'])('fb_1aaaaaaa')).toBe('aaaaaa');
});
