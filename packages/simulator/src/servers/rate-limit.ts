/** A token bucket for each key: `burst` at once, then `perSecond`. */
export interface RateLimit {
  /** Takes one. 0: it was there; otherwise whole seconds to wait, and nothing was taken. */
  take: (key: string) => number;
}

export function createRateLimit(options: { perSecond: number; burst: number; now: () => number }): RateLimit {
  const { perSecond, burst, now } = options;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take: (key) => {
      const at = now();
      const last = buckets.get(key) ?? { tokens: burst, at };
      const tokens = Math.min(burst, last.tokens + ((at - last.at) / 1000) * perSecond);
      const taken = tokens >= 1;
      buckets.set(key, { tokens: taken ? tokens - 1 : tokens, at });
      return taken ? 0 : Math.ceil((1 - tokens) / perSecond);
    },
  };
}
