import { EXIT, type ExitCode } from '../failure.ts';

/** What came of a command: told once, to a program or to a person. */
export interface Outcome {
  /** All of it, for `--json`. */
  document: unknown;
  /** The result in words. */
  lines: string[];
  /** What whoever typed it should know besides, and what to type next. */
  notes?: string[];
  /** 0 if left out. */
  code?: ExitCode;
}

/** A person was asked, and does not want it. */
export const UNCHANGED: Outcome = {
  document: null,
  lines: [],
  notes: ['Nothing was changed.'],
  code: EXIT.failed,
};
