/** Counts failures by address, so that nobody can guess without end. Windows are fixed and begin with a first failure. */

const WINDOW_MS = 60_000;

export interface FailureLimit {
  /** Count a failure: null while it is within the limit, else the seconds until the window ends. */
  count(address: string): number | null;
}

export function createFailureLimit(options: {
  now: () => Date;
  perMinute: number;
  /** How many addresses are remembered; the one whose window began first is forgotten for a new one. */
  addresses: number;
}): FailureLimit {
  const { now, perMinute, addresses } = options;
  const windows = new Map<string, { failures: number; endsAt: number }>();

  /** The map keeps the order in which windows began, so that the oldest is its first. */
  function begin(address: string, at: number) {
    windows.delete(address);
    for (const oldest of windows.keys()) {
      if (windows.size < addresses) break;
      windows.delete(oldest);
    }
    const window = { failures: 0, endsAt: at + WINDOW_MS };
    windows.set(address, window);
    return window;
  }

  return {
    count(address) {
      const at = now().getTime();
      const running = windows.get(address);
      const window = running && at < running.endsAt ? running : begin(address, at);
      window.failures++;
      return window.failures > perMinute ? Math.ceil((window.endsAt - at) / 1000) : null;
    },
  };
}
