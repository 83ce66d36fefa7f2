import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { columnsOf } from '../text-width.ts';
import { reportCsv } from './csv.ts';
import { aReport } from './example.ts';
import { barsOf } from './figures.ts';
import { reportInWords, screenOf } from './terminal.ts';

const UTF8 = { LANG: 'en_US.UTF-8', TERM: 'xterm' };

test.each([40, 60, 80, 200])('a screen of %i columns holds every line', (width) => {
  const report = aReport({
    by_tag: [{ tag: 'ü'.repeat(64), count: 2 }],
    tenant_id: 'a-tenant-with-a-long-name',
  });
  const lines = stripVTControlCharacters(reportInWords(report, screenOf(UTF8, width))).split('\n');
  expect(lines.filter((line) => columnsOf(line) > width)).toEqual([]);
});

test.each([
  [{ LANG: 'C', TERM: 'xterm' }, false],
  [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, false],
  [{ LC_ALL: 'POSIX', LANG: 'en_US.UTF-8', TERM: 'xterm' }, false],
  [{ LC_CTYPE: 'de_DE.utf8', TERM: 'xterm' }, true],
])('%o: more than ASCII is %s', (env, unicode) => {
  expect(screenOf(env)).toEqual({ width: 80, unicode });
  const text = stripVTControlCharacters(reportInWords(aReport(), screenOf(env, 44)));
  expect(/[^\n -~]/.test(text)).toBe(unicode);
});

test('a share of all but one is not 100 %, and no bar is full', () => {
  const inside_sla = {
    acknowledge: { share: 0.9999, count: 9999, of: 10_000 },
    engage: { share: 1, count: 1, of: 1 },
  };
  const text = stripVTControlCharacters(reportInWords(aReport({ inside_sla }), screenOf(UTF8)));
  expect(text).toMatch(/^all, ack +█+░ +99.9 % +9999 of 10000$/m);
  expect(text).toMatch(/^all, engage +█+ +100 % +1 of 1$/m);
});

test('many days are shown as weeks or more, each entry once', () => {
  const [day] = aReport().by_day;
  const year = Array.from({ length: 365 }, () => day ?? aReport().by_day[0]).filter(
    (one) => one !== undefined,
  );
  for (const most of [40, 60, 400]) {
    const bars = barsOf(year, most);
    expect(bars.length).toBeLessThanOrEqual(most);
    expect(bars.reduce((sum, { entries }) => sum + entries, 0)).toBe(365 * 3);
  }
});

test('the table for spreadsheets is flat, and no cell begins a formula', () => {
  const csv = reportCsv(aReport({ by_tag: [{ tag: '=cmd|"x",1', count: 1 }] }));
  const lines = csv.split('\r\n');
  expect(lines[0]).toBe('table,key,name,value');
  expect(lines).toEqual(
    expect.arrayContaining([
      'report,all,entries,3',
      'severity,critical,time_to_acknowledge_p90_s,900.5',
      'severity,critical,time_to_resolve_p50_s,',
      'tag,"\'=cmd|""x"",1",entries,1',
      'day,2026-11-02,entries,0',
      'tenant,t1,acknowledge_inside_sla_share,0.6667',
      'person,lex,acknowledged,3',
      'breach,fb_01m7tp5yr6kchca1gsrz54cgen,acknowledge,2026-11-01T09:00:00.000Z',
    ]),
  );
});
