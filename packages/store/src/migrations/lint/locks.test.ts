import { expect, it } from 'vitest';
import { locksOf } from './index.ts';

const SCRIPT = `-- id: 0002_colors
-- phase: expand
create table colors (color_id text primary key, item_id text references items (item_id));
create index colors_of_item on colors (item_id);
alter table items
  add column color text,
  add constraint items_price check (price >= 0);
create index concurrently items_by_color on items (color);
update items set color = 'red';
drop trigger items_fill on items;
`;

it('names every lock on what others use, with what it keeps waiting', async () => {
  expect(await locksOf(SCRIPT, 'postgres')).toEqual([
    {
      line: 3,
      statement: 'create table colors (color_id text primary key, item_id text references items (i',
      table: 'items',
      lock: 'SHARE ROW EXCLUSIVE',
      blocks: 'writes',
      scans: false,
    },
    { line: 5, statement: 'alter table items', table: 'items', ...EXCLUSIVE, scans: false },
    { line: 5, statement: 'alter table items', table: 'items', ...EXCLUSIVE, scans: true },
    {
      line: 8,
      statement: 'create index concurrently items_by_color on items (color)',
      table: 'items',
      lock: 'SHARE UPDATE EXCLUSIVE',
      blocks: 'schema changes',
      scans: true,
    },
    {
      line: 9,
      statement: "update items set color = 'red'",
      table: 'items',
      lock: 'ROW EXCLUSIVE',
      blocks: 'nothing',
      scans: true,
    },
    { line: 10, statement: 'drop trigger items_fill on items', table: 'items', ...EXCLUSIVE, scans: false },
  ]);
});

const EXCLUSIVE = { lock: 'ACCESS EXCLUSIVE', blocks: 'reads and writes' } as const;

it('has one lock on SQLite, beside which others read', async () => {
  const script = `create trigger t after update on items when new.a is not old.a begin
    update items set b = new.a where item_id = new.item_id;
  end;
  alter table items add column color text;`;
  expect(await locksOf(script, 'sqlite')).toMatchObject([
    { line: 1, table: 'items', lock: 'WRITE', blocks: 'writes' },
    { line: 4, table: 'items', lock: 'WRITE', blocks: 'writes' },
  ]);
});

it('says what the parser says of what it cannot read', async () => {
  await expect(locksOf('alter table items ad column x;', 'postgres')).rejects.toThrow('syntax error');
});
