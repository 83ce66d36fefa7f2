/** What a bench file exports, beside its `name` and `describe`. A figure's unit is the end of its name: `_ms`, `_ratio`. */
export interface Bench {
  readonly name: string;
  /** What is measured against what, for someone who reads the figures alone. */
  readonly describe: string;
  readonly run: () => Promise<Figures>;
  /** Figures that were promised not to be exceeded. */
  readonly limits?: Figures;
}

export type Figures = Readonly<Record<string, number>>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  if (low === undefined || high === undefined) throw new RangeError('median of nothing');
  return (low + high) / 2;
}
