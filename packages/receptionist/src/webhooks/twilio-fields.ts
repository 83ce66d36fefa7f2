/** How Twilio's fields are read. */
import { cleanText, maskSensitive } from '@receptionist/core';
import type { Fields, SignedRequest } from './telephony.ts';

const DETAIL_LIMIT = 200;

/** What helps the person who takes over, under our names. */
const DETAILS = {
  CallerName: 'caller_name',
  ProfileName: 'profile_name',
  ForwardedFrom: 'forwarded_from',
  FromCity: 'from_city',
  FromState: 'from_state',
  FromCountry: 'from_country',
  StirVerstat: 'stir_verstat',
} as const;

export function parseForm(body: Buffer): Fields {
  const parsed = new URLSearchParams(body.toString('utf8'));
  return new Map([...new Set(parsed.keys())].map((name) => [name, parsed.getAll(name)]));
}

export function first(fields: Fields, name: string): string {
  return fields.get(name)?.[0] ?? '';
}

export function accountIn(fields: Fields): string | null {
  return first(fields, 'AccountSid') || null;
}

/** What we wrote into the address that Twilio asks. */
export function queryOf({ path }: SignedRequest): URLSearchParams {
  return new URLSearchParams(path.split('?')[1]);
}

/** 0 where it is none. */
export function readCount(text: string | null): number {
  return /^\d{1,4}$/.test(text ?? '') ? Number(text) : 0;
}

/** Nothing sees a caller's words before this. */
export function fromCaller(text: string, limit = DETAIL_LIMIT): string {
  return maskSensitive(cleanText(text, limit));
}

export function readDetails(fields: Fields): Record<string, string> {
  const named = Object.entries(DETAILS).map(([field, name]) => [name, fromCaller(first(fields, field))]);
  return Object.fromEntries(named.filter(([, value]) => value));
}
