import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluateFlag,
  evaluateFlags,
  evaluateStale,
  FLAGS,
  type FlagTerms,
  flagNamed,
  isOn,
  SAFE_VALUES,
  STALE_MS,
} from './flags.ts';

const NOW = '2026-11-24T18:00:00.000Z';
const core: FlagTerms = {
  included: ['allow_ai_booking', 'allow_rag', 'require_human_review', 'allow_live_transfer'],
  settings: [],
  rollouts: [],
};
const free: FlagTerms = { ...core, included: ['require_human_review'] };
const setting = {
  flag: 'allow_rag',
  enabled: true,
  updated_at: '2026-11-23T18:00:00.000Z',
  updated_by: 'lex',
} as const;

describe('a flag', () => {
  it('that the plan does not include has its safe value, whatever the tenant set', () => {
    expect(evaluateFlag('allow_rag', { ...free, settings: [setting] }, NOW)).toEqual({
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
    expect(evaluateFlag('allow_rag', { ...core, settings: [setting] }, NOW)).toEqual({
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
    expect(evaluateFlag('require_human_review', free, NOW)).toMatchObject({
      enabled: true,
      reason: 'DEFAULT',
      source: 'safe_default',
    });
  });
});

it('all flags are evaluated, each once, by its own setting', () => {
  const all = evaluateFlags({ ...core, settings: [setting] }, NOW);
  expect(all.map(({ flag }) => flag)).toEqual(FLAGS);
  expect(all.filter(({ source }) => source === 'tenant').map(({ flag }) => flag)).toEqual(['allow_rag']);
});

it('a flag that is not among the evaluations has its safe value', () => {
  expect(FLAGS.map((flag) => isOn([], flag))).toEqual(FLAGS.map((flag) => SAFE_VALUES[flag]));
  expect(isOn(evaluateFlags({ ...core, settings: [setting] }, NOW), 'allow_rag')).toBe(true);
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

describe('a rollout', () => {
  const rollout = { flag: 'allow_rag', starts_at: null, updated_at: NOW, updated_by: 'lex' } as const;

  it('has the value that is not the safe one', () => {
    const terms: FlagTerms = { ...core, rollouts: [rollout, { ...rollout, flag: 'require_human_review' }] };
    const said = { reason: 'SPLIT', source: 'rollout', updated_at: NOW, updated_by: 'lex' };
    expect(evaluateFlag('allow_rag', terms, NOW)).toMatchObject({ enabled: true, ...said });
    expect(evaluateFlag('require_human_review', terms, NOW)).toMatchObject({ enabled: false, ...said });
  });

  it("comes after the plan and the tenant's own setting", () => {
    expect(evaluateFlag('allow_rag', { ...free, rollouts: [rollout] }, NOW).source).toBe('plan');
    const off = { ...setting, enabled: false };
    expect(evaluateFlag('allow_rag', { ...core, settings: [off], rollouts: [rollout] }, NOW)).toMatchObject({
      enabled: false,
      source: 'tenant',
    });
  });

  it('changes nothing before its time', () => {
    const tomorrow = { ...rollout, starts_at: '2026-11-25T18:00:00.000Z' };
    const at = (now: string) => evaluateFlag('allow_rag', { ...core, rollouts: [tomorrow] }, now).source;
    expect([at(NOW), at('2026-11-25T18:00:00.000Z')]).toEqual(['safe_default', 'rollout']);
  });
});

describe('while nothing can be read', () => {
  it('a value that may do more is believed for five minutes, the safe one without end', () => {
    const terms: FlagTerms = { ...core, settings: [setting] };
    const stale = (flag: 'allow_rag' | 'record_calls', ms: number) => evaluateStale(flag, terms, NOW, ms);
    expect(stale('allow_rag', STALE_MS)).toMatchObject({ enabled: true, reason: 'STALE', source: 'tenant' });
    expect(stale('allow_rag', STALE_MS + 1)).toMatchObject({
      ...{ enabled: false, reason: 'ERROR', source: 'safe_default' },
    });
    expect(stale('record_calls', 1e12)).toMatchObject({ enabled: false, reason: 'STALE', source: 'plan' });
  });

  it('a flag of which nothing is known is safe', () => {
    expect(evaluateStale('require_human_review', null, NOW, 0)).toMatchObject({
      ...{ enabled: true, reason: 'ERROR', source: 'safe_default' },
    });
  });
});

describe('whatever was read', () => {
  const flag = fc.constantFrom(...FLAGS);
  const instant = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const by = { updated_at: instant, updated_by: fc.string() };
  const terms = fc.record({
    included: fc.uniqueArray(flag),
    settings: fc.uniqueArray(fc.record({ flag, enabled: fc.boolean(), ...by }), {
      selector: (setting) => setting.flag,
    }),
    rollouts: fc.uniqueArray(fc.record({ flag, starts_at: fc.option(instant), ...by }), {
      selector: (rollout) => rollout.flag,
    }),
  });

  it('each flag has a value, and what the plan leaves out has its safe one', () => {
    fc.assert(
      fc.property(terms, instant, fc.nat(), (read, now, unread_ms) => {
        for (const each of [
          ...evaluateFlags(read, now),
          ...FLAGS.map((one) => evaluateStale(one, read, now, unread_ms)),
        ]) {
          expect(typeof each.enabled).toBe('boolean');
          if (!read.included.includes(each.flag)) expect(each.enabled).toBe(SAFE_VALUES[each.flag]);
          if (each.source === 'safe_default') expect(each.enabled).toBe(each.safe_value);
        }
      }),
    );
  });

  it('a value that is not the safe one was set, or rolled out', () => {
    fc.assert(
      fc.property(terms, instant, (read, now) => {
        for (const { flag: name, enabled, safe_value, source } of evaluateFlags(read, now)) {
          if (enabled === safe_value) continue;
          const places = { tenant: read.settings, rollout: read.rollouts, plan: [], safe_default: [] };
          expect(places[source].map((place) => place.flag)).toContain(name);
        }
      }),
    );
  });
});
