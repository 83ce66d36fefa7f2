/** Sends what was made up, with the token or signature that it shall have. */
import { createHash } from 'node:crypto';
import { mintToken } from '@receptionist/admin-api';
import { signForm } from '@receptionist/simulator/caller';
import { ADMIN_KEY, AUTH_TOKEN } from '../harness/credentials.ts';
import type { Answer, Wire } from '../harness/wire.ts';
import type { FuzzedRequest, Proof } from './requests.ts';

export interface Target {
  url: string;
  wire: Wire;
  now: () => Date;
}

export async function send({ url, wire, now }: Target, request: FuzzedRequest): Promise<Answer> {
  const { proof, method, headers } = request;
  const body = Array.isArray(request.body)
    ? Buffer.from(new URLSearchParams(request.body).toString())
    : request.body;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  const path = proof === 'twilio' && !isForm ? withHash(request.path, body) : request.path;
  const form = isForm ? new URLSearchParams(body?.toString()) : new URLSearchParams();
  const proven = await PROOFS[proof]({ url: url + path, form, now: now() });
  return wire.ask({ method, path, headers: { ...headers, ...proven }, body });
}

interface Provable {
  url: string;
  form: URLSearchParams;
  now: Date;
}

const PROOFS: Record<Proof, (request: Provable) => Promise<Record<string, string>>> = {
  admin: ({ now }) => bearer(ADMIN_KEY, now),
  'wrong token': ({ now }) => bearer(`not ${ADMIN_KEY}`, now),
  twilio: async (request) => ({ 'x-twilio-signature': signature(AUTH_TOKEN, request) }),
  'wrong signature': async (request) => ({ 'x-twilio-signature': signature('another token', request) }),
  none: async () => ({}),
};

async function bearer(key: string, now: Date): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await mintToken({ key, user: 'fuzz', now })}` };
}

function signature(token: string, { url, form }: Provable): string {
  const names = [...new Set(form.keys())];
  return signForm(token, url, Object.fromEntries(names.map((name) => [name, form.getAll(name)])));
}

/** A body that is no form is signed by its hash. */
function withHash(path: string, body: Buffer | null): string {
  const hash = createHash('sha256')
    .update(body ?? '')
    .digest('hex');
  return `${path}${path.includes('?') ? '&' : '?'}bodySHA256=${hash}`;
}
