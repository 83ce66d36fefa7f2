import { describe, expect } from 'vitest';
import { type Drifted, driftIsNoticed, schemaConforms } from '../conformance/schema.ts';
import { makeTestDatabase } from '../test-databases.ts';

const makeEmptyDatabase = () => makeTestDatabase('sqlite', { empty: true });

const BY_HAND: readonly Drifted[] = [
  [
    'alter table turns add check (turn < 999)',
    { kind: 'constraint', name: 'turns.check (turn < 999)', difference: 'extra' },
  ],
  [
    'create trigger deaf after insert on turns begin delete from turns; end',
    { kind: 'trigger', name: 'turns.deaf', difference: 'extra', fix: 'drop trigger deaf;' },
  ],
  [
    'alter table turns alter column intent set not null',
    { kind: 'column', name: 'turns.intent', difference: 'differs', found: 'intent text not null' },
  ],
  [
    'alter table turns add column "Odd Name" text',
    {
      ...{ kind: 'column', name: 'turns.Odd Name', difference: 'extra' },
      fix: 'alter table turns drop column "Odd Name"; -- if nobody needs its values',
    },
  ],
  [
    'alter table kept_answers drop column status',
    {
      ...{ kind: 'column', name: 'kept_answers.status', difference: 'missing' },
      fix: expect.stringContaining('12 steps'),
    },
  ],
];

describe('SQLite', { meta: { database: 'sqlite' } }, () => {
  describe('the schema', () => schemaConforms(makeEmptyDatabase, 'sqlite'));
  describe('what was done by hand', () => driftIsNoticed(makeEmptyDatabase, 'sqlite', BY_HAND));
});
