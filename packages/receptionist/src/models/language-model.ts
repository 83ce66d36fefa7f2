/** Somebody who can be asked what the receptionist might do next. */
import type { ModelOutput, TurnContext } from '@receptionist/core';

export interface Question {
  context: TurnContext;
  /** What the caller said just now, masked. */
  words: string;
}

export interface LanguageModel {
  /** For metrics and logs. */
  provider: string;
  /**
   * `onProgress` is called for each piece that arrives. Rejects when the model cannot be reached, refuses or breaks off, and
   * when `signal` fires.
   */
  ask(question: Question, watch: { signal: AbortSignal; onProgress: () => void }): Promise<ModelOutput>;
}
