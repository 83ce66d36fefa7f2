/** A question to somebody else's server that must not hold up the others. */
import { whyNoAnswer } from '@receptionist/admin-api';

const TIMEOUT_MS = 5_000;

/** @throws Error whose message says why no answer came */
export async function probe(
  url: string,
  { headers, form }: { headers: Record<string, string>; form?: Record<string, string> },
): Promise<{ response: Response; body: unknown }> {
  try {
    const response = await fetch(url, {
      headers,
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { response, body: await response.json().catch(() => null) };
  } catch (error) {
    throw new Error(whyNoAnswer(error), { cause: error });
  }
}
