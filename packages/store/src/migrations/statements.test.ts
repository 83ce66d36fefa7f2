import { expect, it } from 'vitest';
import { outlineOf, splitStatements } from './statements.ts';

it.each<[string, string[]]>([
  ['', []],
  ['-- nothing; at all\n/* ; */ ;;', []],
  ["select ';', 'it''s; so'; select 2", ["select ';', 'it''s; so'", 'select 2']],
  ["select E'a\\';b'; select 2;", ["select E'a\\';b'", 'select 2']],
  ['select 1 as "a;""b"; select 2', ['select 1 as "a;""b"', 'select 2']],
  ['-- first\nselect 1 -- ; here\n; /* a /* b; */ c; */ select 2', ['select 1 -- ; here', 'select 2']],
  [
    'do $$ begin; end $$; select $x$ $$; $x$; select $1',
    ['do $$ begin; end $$', 'select $x$ $$; $x$', 'select $1'],
  ],
  [
    'create trigger t after update on a begin update a set x = case when 1 then 2 end; select 1; end; select 2',
    [
      'create trigger t after update on a begin update a set x = case when 1 then 2 end; select 1; end',
      'select 2',
    ],
  ],
  [
    'create or replace function f() returns int begin atomic select 1; end; begin; commit',
    ['create or replace function f() returns int begin atomic select 1; end', 'begin', 'commit'],
  ],
])('takes %j apart', (script, statements) => {
  expect(splitStatements(script)).toEqual(statements);
});

it('says what a statement does without what is said in it', () => {
  expect(outlineOf("insert into texts (body)\n  values ('call me''s at', 4155550123)")).toBe(
    'insert into texts (body) values (?, ?)',
  );
  expect(outlineOf(`select ${'a, '.repeat(40)}b`)).toHaveLength(80);
});
