import { whyNoAnswer } from '@receptionist/admin-api';
import { CommandError } from '../failure.ts';

export interface Health {
  version: string;
  /** Its clock, as HTTP says it. */
  date: string | null;
}

/** @throws CommandError `unreachable` where nobody answers, or somebody else does */
export async function askHealth(url: string, timeoutMs: number): Promise<Health> {
  const response = await fetch(`${url}/health`, {
    redirect: 'manual',
    // ngrok shows people a page of its own first, unless it is told not to.
    headers: { 'ngrok-skip-browser-warning': '1' },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error) => {
    throw new CommandError('unreachable', `${url} cannot be reached (${whyNoAnswer(error)}).`);
  });
  const body = (await response.json().catch(() => null)) as { status?: string; version?: string } | null;
  if (response.ok && body?.status === 'ok' && body.version)
    return { version: body.version, date: response.headers.get('date') };
  throw new CommandError(
    'unreachable',
    `${url}/health answered ${response.status}, and not as receptionistd does.`,
  );
}
