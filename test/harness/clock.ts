/** A clock that stands still until somebody moves it. */
export interface Clock {
  now(): Date;
  /** `'90s'`, `'2m'`, `'1h'` */
  advance(by: string): void;
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

export function createClock(start = '2026-11-24T18:00:00.000Z'): Clock {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    advance(by) {
      const [, amount, unit] = /^(\d+)([smh])$/.exec(by) ?? [];
      if (!amount || !unit) throw new Error(`not a duration: ${by}`);
      at += Number(amount) * UNITS[unit as keyof typeof UNITS];
    },
  };
}
