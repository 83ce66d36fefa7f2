/** What the migration engine promises; what it is asked, and what it answers, is data. */
import type { Instant } from '@receptionist/core';

export type Phase = 'expand' | 'backfill' | 'switch' | 'contract';

export interface MigrationStatus {
  id: string;
  phase: Phase;
  /** `dirty`: stopped half-way, and nobody is at it; `way_out` says what to do. */
  state: 'applied' | 'pending' | 'running' | 'dirty';
  applied_at: Instant | null;
  duration_ms: number | null;
  /** Who runs it, in words; null: nobody. */
  holder: string | null;
  error: string | null;
  way_out: string | null;
  /** Applied by a newer version, and unknown to this one, which can live with it. */
  from_newer: boolean;
}

export interface MigrationRun {
  done: string[];
  /** `undone`: nothing of it is left. `dirty`: half of it is; the message says what to do. */
  failed: { id: string; message: string; state: 'undone' | 'dirty' } | null;
  not_run: string[];
  /** Asked for, but not to be run yet. */
  waiting: { id: string; why: string }[];
}

export interface BackfillProgress {
  done_rows: number;
  total_rows: number;
  rows_per_s: number;
  seconds_left: number | null;
}

export interface MigrationProgress {
  id: string;
  phase: Phase;
  step: 'started' | 'done' | 'waiting_for_lock' | 'backfilling';
  /** Who holds the lock, and the like. */
  message: string | null;
  backfill: BackfillProgress | null;
}

export interface UpOptions {
  /** Only these; without it all but `contract`, and on an empty database all. */
  phases?: Phase[];
  /** The last one to apply. */
  to?: string;
  /** For another process that migrates, and for locks on tables. */
  wait_ms?: number;
  /** Whether backfills make way for others; they do if it is left out. */
  throttle?: boolean;
  onProgress?: (progress: MigrationProgress) => void;
  /** Asked under the lock, right before a file is applied: why it has to wait, or null. */
  gate?: (file: { id: string; phase: Phase; needs: string[]; grace_ms: number }) => Promise<string | null>;
}

export interface DownOptions {
  /** This one stays; `0`: none does. */
  to: string;
  /** Also where rows or columns with something in them go. */
  yes_lose_data?: boolean;
  wait_ms?: number;
  onProgress?: (progress: MigrationProgress) => void;
  /** Asked under the lock: who still needs what would go, in words. */
  blockers?: () => Promise<string[]>;
}

export interface BaselineOptions {
  /** The last one that the database is said to have already. */
  to: string;
  /** A reason to believe it although the schema differs, or cannot be compared. */
  force?: string;
  /** How the schema differs from the one after that migration, in words. */
  differences?: (id: string) => Promise<string[]>;
  wait_ms?: number;
}

export interface MigrationPlan {
  id: string;
  phase: Phase;
  transaction: boolean;
  statements: string[];
}

export interface Migrations {
  /**
   * @throws Problem `unavailable` when the database is not ours, has a contract from a newer version, or an applied file was
   * edited or is missing
   */
  status(): Promise<MigrationStatus[]>;
  /** Apply what is pending, one by one under a lock. */
  up(options?: UpOptions): Promise<MigrationRun>;
  /** What `down` would take back. @throws Problem as it */
  planDown(options: DownOptions): Promise<string[]>;
  /** Take back what came after one, the newest first. `done`: what was taken back. @throws Problem before anything is changed */
  down(options: DownOptions): Promise<MigrationRun>;
  /** Write down as applied, and run nothing. @throws Problem `conflict` where the schema differs */
  baseline(options: BaselineOptions): Promise<MigrationRun>;
  /** What `up` would run. */
  plan(options?: UpOptions): Promise<MigrationPlan[]>;
}
