export { RULES, type RuleName } from './catalogue.ts';
export { type LintFinding, type LintOptions, lintMigrations } from './lint.ts';
export { type ExpectedLock, locksOf } from './locks.ts';
