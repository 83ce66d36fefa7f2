import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('a record is one line, whatever is in it', () => {
  expect(csvLine(['t1', null, 3, true])).toBe('t1,,3,true\r\n');
  expect(csvLine(['a, b', 'say "hi"', 'one\ntwo'])).toBe('"a, b","say ""hi""","one\ntwo"\r\n');
});

test.each([
  ['=HYPERLINK("http://evil.example")', `"'=HYPERLINK(""http://evil.example"")"\r\n`],
  ['+1+1', "'+1+1\r\n"],
  ['-2+3', "'-2+3\r\n"],
  ['@SUM(A1)', "'@SUM(A1)\r\n"],
  ['\t=1', "'\t=1\r\n"],
  ['\r=1', `"'\r=1"\r\n`],
  ["+1|cmd'", "'+1|cmd'\r\n"],
])('%j is no formula any more', (cell, line) => {
  expect(csvLine([cell])).toBe(line);
});

test('a phone number stays a phone number', () => {
  expect(csvLine(['+14155550123'])).toBe('+14155550123\r\n');
});
