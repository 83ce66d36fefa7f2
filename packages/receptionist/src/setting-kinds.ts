/** What a setting can be. A message completes the sentence "NAME must be …". */
import { isPhoneNumber } from '@receptionist/core';
import { z } from 'zod';

export const text = () => z.string();

export const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `one of ${words.join(', ')}` });

export function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, error)
    .transform(Number)
    .refine((value) => value >= min && value <= max, error);
}

/** Without a slash at the end, so that a path can follow. */
function baseAddress(...protocols: string[]) {
  const error = `an address that begins with ${protocols.map((each) => `${each}//`).join(' or ')} and has neither user, query nor fragment`;
  const fits = (value: string) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    return url !== null && protocols.includes(url.protocol) && !/[?#@\s]/.test(value);
  };
  return z
    .string()
    .refine(fits, error)
    .transform((value) => value.replace(/\/+$/, ''));
}
export const httpAddress = () => baseAddress('http:', 'https:');
export const qdrantAddress = () => baseAddress('qdrant+http:', 'qdrant+https:');

export const redisAddress = () =>
  z.string().regex(/^rediss?:\/\/\S+$/, 'an address that begins with redis:// or rediss://');

export const pageAddress = () =>
  z.string().regex(/^https?:\/\/\S+$/, 'an address that begins with http:// or https://');

export const phoneNumber = () =>
  z.string().refine(isPhoneNumber, 'a phone number with country code, as in +15005550006');

export const accountSid = () =>
  z.string().regex(/^AC\w+$/, 'the id of a Twilio account, which begins with AC');

/** `ACsid:token,ACsid:token` → token by account. */
export const accounts = () =>
  z
    .string()
    .regex(
      /^AC\w+:[^\s,:]+(\s*,\s*AC\w+:[^\s,:]+)*$/,
      'pairs of account id and auth token, ACsid:token, with commas between',
    )
    .transform(
      (pairs) => new Map(pairs.split(',').map((pair) => pair.trim().split(':') as [string, string])),
    );

export const databaseUrl = () =>
  z
    .string()
    .regex(
      /^(sqlite:.+|postgres(ql)?:\/\/\S+)$/,
      'sqlite:PATH, relative to the working directory or absolute, or postgres://USER:PASSWORD@HOST:5432/NAME',
    );

export const postgresUrl = () =>
  z.string().regex(/^postgres(ql)?:\/\/\S+$/, 'postgres://USER:PASSWORD@HOST:5432/NAME');
