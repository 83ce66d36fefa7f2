/** For tests of whole processes, whose clock nobody can move. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const ASK_AGAIN_MS = 20;

/** Asks until it is so. @throws Error with `what` when it is not within `ms` */
export async function until(what: string, ms: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${ms / 1_000} s: ${what}`);
    await sleep(ASK_AGAIN_MS);
  }
}
