import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aReport } from './example.ts';
import { reportPage } from './page.ts';
import { writePage } from './page-file.ts';

const EVIL = `"><script>alert('x')</script><img src=//evil.example/x>`;

test('what people typed is text on the page, wherever it stands', () => {
  const [person] = aReport().by_person;
  const page = reportPage(
    aReport({
      tenant_id: EVIL,
      by_tag: [{ tag: EVIL, count: 1 }],
      by_tenant: aReport().by_tenant.map((tenant) => ({ ...tenant, tenant_id: EVIL })),
      by_person: person ? [{ ...person, user: `${EVIL}\u202e` }] : [],
    }),
  );
  expect(page).not.toMatch(/<script|<img|\u202e/);
  expect(page.match(/&quot;&gt;&lt;script&gt;alert\(&#39;x&#39;\)/g)?.length).toBeGreaterThanOrEqual(4);
});

test('the page needs nothing from elsewhere, and its policy allows nothing but its own style', () => {
  const page = reportPage(aReport());
  expect(page).not.toMatch(/https?:|src=|href=|@import|url\(|\sstyle=|\son\w+=/);
  const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(page).toContain(`default-src 'none'; style-src 'sha256-${hash}';`);
});

test('each mark is closed, and each chart has a name or stands beside its figures', () => {
  const page = reportPage(aReport());
  for (const name of ['section', 'table', 'svg', 'tr', 'td', 'th', 'text', 'rect', 'ul', 'li', 'details']) {
    const opened = page.match(new RegExp(`<${name}[ >]`, 'g'))?.length ?? 0;
    const closed = page.match(new RegExp(`</${name}>|<${name} [^>]*/>`, 'g'))?.length ?? 0;
    expect([name, closed]).toEqual([name, opened]);
  }
  for (const [svg] of page.matchAll(/<svg [^>]*>/g)) expect(svg).toMatch(/aria-hidden="true"|aria-label="\w/);
});

test('a period without entries says so', () => {
  const page = reportPage(aReport({ entries: 0 }));
  expect(page).toContain('Nobody needed a human.');
  expect(page).not.toContain('NaN');
});

test('a file is replaced whole, and a folder is refused with what to do', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'report.html');
  await writeFile(file, 'the one before');
  expect(await writePage(file, 'the page')).toBe(file);
  expect(await readFile(file, 'utf8')).toBe('the page');
  await mkdir(path.join(folder, 'reports'));
  await expect(writePage(path.join(folder, 'reports'), 'x')).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringContaining('reports/report.html'),
  });
  await expect(writePage(path.join(folder, 'nowhere/x.html'), 'x')).rejects.toThrow(/nowhere.*ENOENT/s);
  expect(await readdir(folder)).toEqual(['report.html', 'reports']);
});
