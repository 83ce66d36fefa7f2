/** Work that is done again and again, and never twice at once. */
export interface Loop {
  /** Resolves after a whole run that began after this call: however many ask while one runs, one more follows it. */
  run(): Promise<void>;
  /** No run begins any more; resolves when the present one has ended. */
  stop(): Promise<void>;
}

/** `work` must not reject. */
export function createLoop(work: () => Promise<void>): Loop {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  let stopped = false;
  return {
    run() {
      if (stopped) return running;
      next ??= running.then(() => {
        next = null;
        running = stopped ? Promise.resolve() : work();
        return running;
      });
      return next;
    },
    stop() {
      stopped = true;
      return running;
    },
  };
}
