/** It did not end in time. */
export class LateError extends Error {
  override readonly name = 'LateError';
}

/**
 * What `work` gives. The work itself goes on.
 * @throws LateError once `ms` milliseconds have passed
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
