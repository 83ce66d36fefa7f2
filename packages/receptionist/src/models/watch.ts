/** How long a caller waits for a model: it must begin, go on, and come to an end. */

/** Callers find more than this sluggish, and hang up soon after. */
const SILENCE_MS = 2_000;

export type Lateness = 'no_first_token' | 'stalled' | 'too_late';

export class LateModelError extends Error {
  override readonly name = 'LateModelError';
  readonly lateness: Lateness;

  constructor(lateness: Lateness) {
    super(`the model was ${lateness.replaceAll('_', ' ')}`);
    this.lateness = lateness;
  }
}

/**
 * What `work` gives, which is aborted when nothing came for two seconds, or `wholeMs` have passed.
 * @throws LateModelError
 */
export async function watched<T>(
  wholeMs: number,
  work: (watch: { signal: AbortSignal; onProgress: () => void }) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  const giveUp = (lateness: Lateness) => {
    late.reject(new LateModelError(lateness));
    abort.abort();
  };
  const whole = setTimeout(giveUp, wholeMs, 'too_late');
  let silence = setTimeout(giveUp, SILENCE_MS, 'no_first_token');
  const onProgress = () => {
    clearTimeout(silence);
    silence = setTimeout(giveUp, SILENCE_MS, 'stalled');
  };
  try {
    return await Promise.race([work({ signal: abort.signal, onProgress }), late.promise]);
  } finally {
    clearTimeout(whole);
    clearTimeout(silence);
    // A piece that comes after the end must wake no timer.
    abort.abort();
  }
}
