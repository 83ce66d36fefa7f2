/** What a request tells that was not answered as hoped. */

/** Failures before the request could leave. */
const NEVER_LEFT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** What `fetch` threw: its code, and whether the request may have arrived all the same. */
export function readFetchFailure(error: unknown): { code: string; mayHaveArrived: boolean } {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  const code = cause?.code ?? name ?? 'no answer';
  return { code, mayHaveArrived: !NEVER_LEFT.includes(code) };
}

/** Seconds, where the other side asked for them. */
export function retryAfterOf({ headers }: Response): number | null {
  const header = headers.get('retry-after') ?? '';
  return /^\d{1,5}$/.test(header) ? Number(header) : null;
}
