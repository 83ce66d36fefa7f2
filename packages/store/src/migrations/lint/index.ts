export { RULES, type RuleName } from './catalogue.ts';
export { type ExpectedLock, locksOf } from './expected-locks.ts';
export { type LintFinding, type LintOptions, lintMigrations } from './lint.ts';
