import { describe, expect, it } from 'vitest';
import { evaluateFlag, evaluateFlags, FLAGS, type Flag, flagNamed, isOn, SAFE_VALUES } from './flags.ts';

const core: { flags: Flag[] } = {
  flags: ['allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer'],
};
const free: { flags: Flag[] } = { flags: ['require_human_review'] };
const setting = {
  flag: 'allow_rag',
  enabled: true,
  updated_at: '2026-11-23T18:00:00.000Z',
  updated_by: 'lex',
} as const;

describe('a flag', () => {
  it('that the plan does not include has its safe value, whatever the tenant set', () => {
    expect(evaluateFlag('allow_rag', free, setting)).toEqual({
      flag: 'allow_rag',
      enabled: false,
      reason: 'DISABLED',
      source: 'plan',
      safe_value: false,
      updated_at: null,
      updated_by: null,
    });
  });

  it("has the tenant's own value, with who set it", () => {
    expect(evaluateFlag('allow_rag', core, setting)).toEqual({
      flag: 'allow_rag',
      enabled: true,
      reason: 'TARGETING_MATCH',
      source: 'tenant',
      safe_value: false,
      updated_at: setting.updated_at,
      updated_by: 'lex',
    });
  });

  it('has its safe value where nothing is set', () => {
    expect(evaluateFlag('require_human_review', free)).toMatchObject({
      enabled: true,
      reason: 'DEFAULT',
      source: 'safe_default',
    });
  });
});

it('all flags are evaluated, each once, by its own setting', () => {
  const all = evaluateFlags(core, [setting]);
  expect(all.map(({ flag }) => flag)).toEqual(FLAGS);
  expect(all.filter(({ source }) => source === 'tenant').map(({ flag }) => flag)).toEqual(['allow_rag']);
});

it('a flag that is not among the evaluations has its safe value', () => {
  expect(FLAGS.map((flag) => isOn([], flag))).toEqual(FLAGS.map((flag) => SAFE_VALUES[flag]));
  expect(isOn(evaluateFlags(core, [setting]), 'allow_rag')).toBe(true);
});

it.each([
  ['allow_rag', 'allow_rag'],
  ['enable_rag', 'allow_rag'],
  ['allow_RAG', null],
  ['toString', null],
  ['__proto__', null],
  ['', null],
])('%j names the flag %s', (name, flag) => {
  expect(flagNamed(name)).toBe(flag);
});
