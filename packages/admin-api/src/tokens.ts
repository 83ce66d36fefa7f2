/**
 * The bearer token between the command line and the daemon: a JWT (RFC 7519), HS256, made afresh for each request.
 * Whoever holds the shared key may name any user.
 */
import { Problem } from '@receptionist/core';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { adminUser } from './schemas.ts';

const ISSUER = 'adminctl';
const AUDIENCE = 'receptionist-admin';
const LIFETIME_S = 60;
/** Counted from `iat`, whatever `exp` says, so that no client chooses its own. */
const LONGEST_LIFE_S = 300;
const CLOCK_SKEW_S = 30;
/** Ours have about 300 characters. */
const LONGEST_TOKEN = 4096;
/** Base64url whose last letter has no spare bits set, so that a token has one spelling (RFC 4648, section 3.5). */
const PART = '(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?';
const COMPACT_FORM = new RegExp(`^${PART}\\.${PART}\\.${PART}$`);

/** What jose leaves unchecked: the text claims. `jti` becomes a key in the database. */
const textClaims = z.object({ sub: adminUser, jti: z.string().min(1).max(255) });

const bytes = (key: string) => new TextEncoder().encode(key);

/** @throws Problem `invalid_parameter` for a user name that the daemon would refuse */
export async function mintToken(options: {
  key: string;
  keyId?: string | undefined;
  user: string;
  now: Date;
}): Promise<string> {
  const { key, keyId, user, now } = options;
  if (!adminUser.safeParse(user).success) {
    throw new Problem(
      'invalid_parameter',
      `${JSON.stringify(user)} cannot be an admin user: give 1 to 128 printable characters.`,
    );
  }
  const iat = Math.floor(now.getTime() / 1000);
  return new SignJWT({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: user,
    iat,
    exp: iat + LIFETIME_S,
    jti: crypto.randomUUID(),
  })
    .setProtectedHeader({ alg: 'HS256', ...(keyId === undefined ? {} : { kid: keyId }) })
    .sign(bytes(key));
}

export interface AdminKeys {
  current: string;
  /** The one before a rotation, accepted until it is taken away. */
  previous: string | null;
}

interface Accepted {
  accepted: true;
  user: string;
  jti: string;
  /** It is refused from then on, so that its `jti` may be forgotten. */
  expires_at: Date;
}

export type TokenCheck =
  | Accepted
  /** `why` is for the log: whoever sent the token is told nothing. */
  | { accepted: false; why: string };

export async function checkToken(token: string, keys: AdminKeys, now: Date): Promise<TokenCheck> {
  if (token.length > LONGEST_TOKEN || !COMPACT_FORM.test(token)) return refused('malformed');
  try {
    // A `kid` asks for a personal key, and nobody has one yet. It never falls back to the shared key.
    if ('kid' in decodeProtectedHeader(token)) return refused('unknown kid');
    const claims = await verifiedClaims(token, keys, now);
    const texts = textClaims.safeParse(claims);
    if (!texts.success) return refused('unfit sub or jti');
    const { sub: user, jti } = texts.data;
    return { accepted: true, user, jti, expires_at: lastAccepted(claims) };
  } catch (error) {
    return refused(error instanceof errors.JOSEError ? error.code : 'malformed');
  }
}

async function verifiedClaims(token: string, keys: AdminKeys, now: Date) {
  const verify = async (key: string) => {
    const { payload } = await jwtVerify(token, bytes(key), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'iat', 'exp', 'jti'],
      maxTokenAge: LONGEST_LIFE_S,
      clockTolerance: CLOCK_SKEW_S,
      currentDate: now,
    });
    return payload;
  };
  try {
    return await verify(keys.current);
  } catch (error) {
    if (keys.previous === null || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    return verify(keys.previous);
  }
}

function lastAccepted({ iat = 0, exp = 0 }: { iat?: number; exp?: number }): Date {
  return new Date((Math.min(exp, iat + LONGEST_LIFE_S) + CLOCK_SKEW_S) * 1000);
}

function refused(why: string): TokenCheck {
  return { accepted: false, why };
}
