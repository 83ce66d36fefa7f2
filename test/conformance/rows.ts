/** What a part of the run found. A part that knows what is right counts; each disagreement is a line. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface PartResult {
  name: string;
  /** What counts as right, for someone who reads the figures alone. */
  rule: string;
  rows: number;
  /** What is not right, a line each; empty: all of it is. */
  wrong: string[];
  /** What else is worth a figure, by what it is. */
  counts?: Record<string, number>;
}

export function readRows<Row>(folder: string, name: string): Row[] {
  const text = readFileSync(path.join(folder, `${name}.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}
