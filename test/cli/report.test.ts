/** The report as people and scripts ask for it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Answer, ROUTES, type Routes } from '@receptionist/admin-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { northside } from '../harness/tenants.ts';
import { type Office, openOffice, type RunOptions } from './office.ts';

type Report = Answer<Routes['getReport']>;

let office: Office;
beforeAll(async () => {
  office = await openOffice();
  const params = { entry_id: await office.entry() };
  await office.api.call(ROUTES.resolveEntry, {
    params,
    body: { notes: 'called back', tags: ['<script>', 'vip'] },
  });
  // Whatever comes there is late within a second.
  const hurried = { acknowledge: 0.01, engage: 60 };
  await office.api.call(ROUTES.createTenant, {
    body: { ...northside(), tenant_id: 't2', numbers: [], sla: { critical: hurried, standard: hurried } },
  });
});
afterAll(() => office.close());

const typed = (line: string, options?: RunOptions) => office.adminctl(line.split(' '), options);

async function reported(line = ''): Promise<Report> {
  const { code, out } = await typed(`fallback report --json${line}`);
  expect(code).toBe(0);
  return JSON.parse(out);
}

test('the month until now, in figures, words, a table and a page', async () => {
  expect(await reported()).toMatchObject({
    ...{ entries: 1, open: 0, tenant_id: null, time_zone: 'UTC' },
    by_reason: [{ reason: 'caller_asked_for_human', count: 1 }],
    by_tag: [
      { tag: '<script>', count: 1 },
      { tag: 'vip', count: 1 },
    ],
    by_person: [{ user: 'office', acknowledged: 0, resolved: 1 }],
    breaches: { entries: 0 },
  });
  expect((await reported(' --tenant t1')).time_zone).toBe(northside().time_zone);
  const words = await typed('fallback report');
  expect(words).toMatchObject({ code: 0, out: expect.stringMatching(/^asked for a person +1 /m) });
  const csv = await typed('fallback report --csv');
  expect(csv.out.split('\r\n')).toEqual(
    expect.arrayContaining(['table,key,name,value', 'tag,vip,entries,1']),
  );

  const page = await typed('fallback report --html report.html');
  expect(page).toMatchObject({ code: 0, out: path.join(office.home, 'report.html') });
  const html = await readFile(page.out, 'utf8');
  expect(html).toContain('&lt;script&gt;');
  expect(html).not.toContain('<script');
  expect((await typed('fallback report --html -')).out).toMatch(/^<!doctype html>.*<\/html>$/s);
});

test('7 where a deadline was missed, with the figures and the entries all the same', async () => {
  expect(await typed('fallback report --fail-on-breach')).toMatchObject({ code: 0 });
  const { event_id } = await office.api.call(ROUTES.createEscalation, {
    params: { tenant_id: 't2' },
    body: { caller: null, reason: 'complaint' },
  });
  await expect
    .poll(async () => (await reported(' --tenant t2')).breaches.entries, { timeout: 5_000 })
    .toBe(1);
  const { entry_id } = await office.api.call(ROUTES.getEvent, { params: { event_id } });
  const told = await typed('fallback report --fail-on-breach');
  expect(told).toMatchObject({ code: 7, err: expect.stringContaining(String(entry_id)) });
  expect(told.err).toContain('1 of 2 entries missed a deadline (acknowledge: 1, engage: 0).');
  const json = await typed('fallback report --fail-on-breach --json');
  expect([json.code, JSON.parse(json.out).breaches.latest[0].entry_id]).toEqual([7, entry_id]);
  expect(await typed('fallback report --fail-on-breach --tenant t1')).toMatchObject({ code: 0 });
  expect(await typed('fallback report')).toMatchObject({ code: 0 });
});

test.each([
  ['--since 7q', 2, '"7q" is neither a span nor a time.'],
  ['--since 2026-11-02 --until 2026-11-01', 2, 'since must come before until'],
  ['--since 2999-01-01', 2, 'since'],
  ['--csv --html x.html', 2, '--csv'],
  ['--csv --json', 2, ''],
  ['--html - --json', 2, ''],
  ['--html .', 2, '. is a folder.'],
  ['--html nowhere/report.html', 1, 'could not be written'],
  ['--tenant t9', 3, '"t9"'],
])('fallback report %s: %i', async (flags, code, words) => {
  const ran = await typed(`fallback report ${flags}`);
  expect(ran).toMatchObject({ code, err: expect.stringContaining(words) });
});

test('a period in which nothing was filed is no failure', async () => {
  const { code, out } = await typed('fallback report --since 2020-01-01 --until 2020-02-01 --fail-on-breach');
  expect([code, out]).toEqual([0, expect.stringContaining('Nobody needed a human.')]);
});
