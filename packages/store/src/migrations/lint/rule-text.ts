export interface RuleText {
  /** As in docs/migration-lint.md; rules that belong together share one. */
  readonly no: number;
  readonly dialects: 'both' | 'postgres' | 'sqlite';
  readonly why: string;
  readonly instead: string;
}
