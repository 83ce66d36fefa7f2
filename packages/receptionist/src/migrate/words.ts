/** Figures and rows as people read them. */
import type { Instant } from '@receptionist/core';

/** Rows under one another; what stands to the right of the last word is left out. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** To the second: `2026-11-03 14:07:09 UTC`. */
export function moment(at: Instant): string {
  return at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** `12 ms`, `3.4 s`, `5 min`. */
export function took(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

/** `40 s`, `12 min`, `3 h`: no more than an estimate is worth. */
export function left(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

export function count(rows: number): string {
  return rows.toLocaleString('en-US');
}
