/** When a rollout stops by itself: `escalation_rate > +20%`, in the few words that there are for it. */
import type { FiguresCompared } from './rollout-figures.ts';

export const HALT_METRICS = ['escalation_rate', 'turn_ms'] as const;
export type HaltMetric = (typeof HALT_METRICS)[number];

export interface HaltCondition {
  metric: HaltMetric;
  /** Relative: a share of what it is with the flag off. Absolute: as the metric is measured. */
  limit: number;
  relative: boolean;
}

export const HALT_CONDITIONS =
  'escalation_rate > +20% (a fifth more than with the flag off), escalation_rate > 15% (of the calls), ' +
  'turn_ms > +30%, turn_ms > 1500ms';

const GRAMMAR = /^(?<metric>[a-z_]+)\s*>\s*(?<plus>\+?)(?<number>\d{1,6}(?:\.\d{1,2})?)\s*(?<unit>%|ms)$/;

/** Null where the words are no condition: `HALT_CONDITIONS` says what they may be. */
export function haltCondition(text: string): HaltCondition | null {
  const { metric, plus, number, unit } = GRAMMAR.exec(text.trim())?.groups ?? {};
  if (!isHaltMetric(metric)) return null;
  const relative = plus === '+';
  const unitOfLimit = metric === 'turn_ms' && !relative ? 'ms' : '%';
  if (unit !== unitOfLimit) return null;
  return { metric, limit: unit === '%' ? Number(number) / 100 : Number(number), relative };
}

function isHaltMetric(name: string | undefined): name is HaltMetric {
  return (HALT_METRICS as readonly (string | undefined)[]).includes(name);
}

/**
 * Whether the rollout hurts so much that it must stop. Never on numbers that are too small to tell; and with a relative
 * limit only on a difference that is no chance, however great it looks.
 */
export function mustHalt({ metric, limit, relative }: HaltCondition, figures: FiguresCompared): boolean {
  const { on, change, verdict } = figures[metric];
  if (on === null || verdict === 'too_few') return false;
  // Without a change to reckon with there was none at all with the flag off: any share is infinitely more.
  return relative ? verdict === 'worse' && (change ?? Number.POSITIVE_INFINITY) > limit : on > limit;
}
