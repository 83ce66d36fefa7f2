/**
 * Every rule: what it says and what to write instead. The numbers are those of docs/migration-lint.md, which lists beside
 * them the hazards that are no rule here, and why.
 */
import { COMPATIBILITY_TEXTS } from './catalogue-compatibility.ts';
import { HOUSE_TEXTS } from './catalogue-house.ts';
import { LOCK_TEXTS } from './catalogue-locks.ts';
import { SHAPE_TEXTS } from './catalogue-shape.ts';
import type { RuleText } from './rule-text.ts';

const RULES_BY_NAME = { ...LOCK_TEXTS, ...COMPATIBILITY_TEXTS, ...SHAPE_TEXTS, ...HOUSE_TEXTS };

export type RuleName = keyof typeof RULES_BY_NAME;

export const RULES: Readonly<Record<RuleName, RuleText>> = RULES_BY_NAME;
