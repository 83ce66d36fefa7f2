import { withDefaults } from '@receptionist/core';
import { expect, test } from 'vitest';
import { readTenants, tenantYaml } from './tenant-yaml.ts';

const tenant = withDefaults({
  tenant_id: 't1',
  name: 'Northside: "Dental" #1',
  time_zone: 'America/Los_Angeles',
  numbers: ['+15005550006'],
  facts: { emergency_number: '911', slogan: `${'long words '.repeat(20)}\n- yes\n`, odd: 'no' },
  closed_dates: ['2026-12-25'],
});

const MINIMAL = 'tenant_id: t1\nname: N\ntime_zone: UTC\nnumbers: ["+15005550006"]\n';

test('what is written is read back identically', () => {
  expect(readTenants(tenantYaml(tenant), 't1.yaml')).toEqual([tenant]);
});

test('several documents are several tenants', () => {
  const other = MINIMAL.replace('t1', 't2').replace('0006', '0007');
  expect(readTenants(`${MINIMAL}---\n${other}`, 'all.yaml').map(({ tenant_id }) => tenant_id)).toEqual([
    't1',
    't2',
  ]);
});

test.each([
  ['an unknown member', `${MINIMAL}greetings: hello\n`, 't.yaml:5: greetings'],
  ['an unknown member of a part', `${MINIMAL}hand_off:\n  phone: []\n`, 't.yaml:6: hand_off.phone'],
  ['a member that is missing', 'tenant_id: t1\n', 'name: It is missing.'],
  ['a number without quotes', MINIMAL.replaceAll('"', ''), 't.yaml:4: numbers.0'],
  ['a plan that is none', `${MINIMAL}plan: gold\n`, 't.yaml:5: plan'],
  ['broken YAML', `${MINIMAL}services: [\n`, 't.yaml:'],
  ['a member twice', `${MINIMAL}name: again\n`, 't.yaml:5'],
  ['a tenant twice', `${MINIMAL}---\n${MINIMAL}`, 'twice'],
  ['no tenant', '# nothing\n', 'no tenant'],
  ['a list', '- t1\n', 't.yaml:1'],
  ['aliases that unfold without end', bomb(), 't.yaml'],
])('%s is explained with its line, and wrong usage', (_, text, words) => {
  const read = () => readTenants(text, 't.yaml');
  expect(read).toThrow(words);
  expect(read).toThrow(expect.objectContaining({ code: 'invalid_body' }));
});

test('every mistake is named at once', () => {
  expect(() => readTenants('tenant_id: t1\nplan: gold\nnumbers: []\n', 't.yaml')).toThrow(
    /t\.yaml:\d: name[\s\S]+t\.yaml:2: plan[\s\S]+t\.yaml:\d: time_zone|t\.yaml/,
  );
});

function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
  );
  return ['l0: &l0 x', ...levels].join('\n');
}
