import { type Finding, wrong } from '@receptionist/admin-api';
import { explain, type Failure } from '../failure.ts';

export type Attempt<T> = { value: T } | { failure: Failure };

/** Doctor goes on, whatever it finds. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { failure: explain(error) };
  }
}

/** `meaning`: what does not work as long as it is like that. */
export function failed({ message, hint }: Failure, meaning: string): Finding {
  return wrong(message, meaning, hint ?? 'Mend what the message names.');
}
