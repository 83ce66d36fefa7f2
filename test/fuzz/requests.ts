/** Requests at every address: most of them almost right, some of them far from anything that is sent in earnest. */
import fc from 'fast-check';
import { adminRequest } from './admin-requests.ts';
import { anyBytes, anyMethod, anyPath, type Headers, mostly, oddHeaders } from './junk.ts';
import { twilioRequest } from './twilio-requests.ts';

/** Who the request says it is from; the sender makes it true. */
export type Proof = 'admin' | 'wrong token' | 'twilio' | 'wrong signature' | 'none';

export interface FuzzedRequest {
  proof: Proof;
  method: string;
  path: string;
  headers: Headers;
  /** A list of fields is a form. */
  body: Buffer | [string, string][] | null;
}

/** What is there to be found, by the name of the path's parameter. */
export type Ids = Readonly<Record<string, readonly string[]>>;

const strayRequest: fc.Arbitrary<FuzzedRequest> = fc.record({
  proof: fc.constantFrom<Proof>('admin', 'twilio', 'none'),
  method: anyMethod,
  path: mostly(anyPath, fc.constantFrom('/health', '/ready', '/metrics', '/admin/openapi.json')),
  headers: oddHeaders,
  body: fc.option(anyBytes),
});

export function anyRequest(ids: Ids): fc.Arbitrary<FuzzedRequest> {
  return fc
    .oneof(
      { arbitrary: adminRequest(ids), weight: 5 },
      { arbitrary: twilioRequest, weight: 4 },
      { arbitrary: strayRequest, weight: 1 },
    )
    .map((request) => (BODILESS.includes(request.method) ? { ...request, body: null } : request));
}

const BODILESS = ['GET', 'HEAD', 'TRACE'];
