/** The models in line: the first that has something useful to say in time is heard; else the built-in receptionist is. */
import { judge, type Proposal } from '@receptionist/core';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { LanguageModel, Question } from './language-model.ts';
import { LateModelError, watched } from './watch.ts';

/** For all of them together: a caller is answered within four seconds, whatever the models do. */
const WHOLE_MS = 3_500;
/** In less than this no model says anything. */
const TOO_SHORT_MS = 300;

export interface ModelLine {
  /** Nobody needs to be asked. */
  isEmpty: boolean;
  /** Null: none of them had anything useful to say in time. Never rejects. */
  propose(question: Question): Promise<Proposal | null>;
}

export function createModelLine({
  models,
  log,
  metrics,
}: {
  /** In the order in which they are asked. */
  models: readonly LanguageModel[];
  log: Log;
  metrics: Metrics;
}): ModelLine {
  const now = () => performance.now();
  const line = models.map((model) => ({ model, breaker: createBreaker({ now }) }));

  return {
    isEmpty: models.length === 0,
    async propose(question) {
      const deadline = now() + WHOLE_MS;
      for (const { model, breaker } of line) {
        const left = deadline - now();
        if (left < TOO_SHORT_MS) return null;
        const proposal = await ask(model, breaker, question, left);
        if (proposal) return proposal;
      }
      return null;
    },
  };

  async function ask(
    model: LanguageModel,
    breaker: Breaker,
    question: Question,
    ms: number,
  ): Promise<Proposal | null> {
    const count = (result: string) => metrics.modelTurns.inc({ provider: model.provider, result });
    if (!breaker.allows()) {
      count('resting');
      return null;
    }
    try {
      const verdict = judge(await watched(ms, (watch) => model.ask(question, watch)));
      // Nonsense is an answer too: the model is there.
      breaker.record('well');
      count('refused' in verdict ? verdict.refused : verdict.proposal.kind);
      return 'refused' in verdict ? null : verdict.proposal;
    } catch (error) {
      breaker.record('failed');
      count(error instanceof LateModelError ? error.lateness : 'failed');
      log.warn(
        { error, provider: model.provider },
        'a language model failed; the next in line takes the turn',
      );
      return null;
    }
  }
}
