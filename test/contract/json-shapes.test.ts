/** The members of what `--json` prints, and of which kind each is, in a story that fills as many of them as it can. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Office, openOffice } from '../cli/office.ts';

const ROTA = `
people: [{ user: lex, phone: "+14155550101", slack_user_id: U0LEX1234 }]
rotations:
  - { name: always, time_zone: UTC, every: day, starts_at: "2026-01-05T08:00:00Z", users: [lex] }
`;

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

test('the shapes of --json', async () => {
  const id = await office.entry();
  const shapes: Record<string, unknown> = {};
  const keep = async (line: string, options?: { input: string }) => {
    const { out } = await office.adminctl([...line.split(' '), '--json'], options);
    const answer = JSON.parse(out);
    shapes[line.replaceAll(id, 'ID')] = shapeOf(answer);
    return answer;
  };

  await keep('set-plan --tenant t1 --plan core');
  await keep('set-flag --tenant t1 --flag allow_rag --enable true');
  await keep('set-flag --tenant t1 --tenant t9 --flag allow_rag --enable true');
  await keep('show-flags --tenant t1');
  await keep('show-flags --stale');
  await keep('set-plan --tenant t1 --plan free --at-month-end --dry-run');
  await keep('rollout --flag allow_rag --percent 100 --dry-run');
  await keep('rollout --flag allow_rag --percent 50 --step 100@2d');
  await keep('rollout --flag allow_rag');
  await keep('rollout status --flag allow_rag');
  await keep('rollout stop --flag allow_rag');
  await keep('fallback ack zz');
  await keep(`fallback ack ${id}`);
  await keep(`fallback resolve ${id} --notes done --tag booking`);
  await keep('fallback list --status resolved');
  await keep(`fallback show ${id}`);
  await keep('fallback export --status resolved');
  await keep('fallback report --since 1d');
  await keep('simulate call --tenant t1 --script -', { input: '? the moon\n[hang up]\n' });
  await keep('fallback replay --since 1d');
  const { items } = await keep('conversation list --tenant t1');
  const shown = await office.adminctl([
    'conversation',
    'show',
    items[0].conversation_id,
    '--tenant',
    't1',
    '--json',
  ]);
  shapes['conversation show ID --tenant t1'] = shapeOf(JSON.parse(shown.out));
  await keep('oncall set -', { input: ROTA });
  await keep('oncall override --user lex --until 8h');
  await keep('oncall show');
  await keep('audit list --action plan.set');
  await keep('tenant list');
  await keep('tenant show t1');
  await keep('number list');
  await keep('simulate text --tenant t1 --script -', { input: 'hello\n? the moon' });
  await keep('doctor');
  await keep('token');
  await keep('init');
  await expect(`${JSON.stringify(shapes, null, 2)}\n`).toMatchFileSnapshot('json-shapes.snap');
});

/** A list is described by its first item, a member by the kind of what is in it. */
function shapeOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object') return typeof value;
  const members = Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(members.map(([name, member]) => [name, shapeOf(member)]));
}
