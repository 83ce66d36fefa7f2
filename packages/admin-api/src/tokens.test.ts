import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkToken, mintToken } from './tokens.ts';

const KEY = 'a-key-of-the-tests-that-has-32-bytes-or-more';
const KEYS = { current: KEY, previous: null };
const NOW = new Date('2026-11-22T09:00:00Z');
const iat = NOW.getTime() / 1000;
const CLAIMS = { iss: 'adminctl', aud: 'receptionist-admin', sub: 'lex', iat, exp: iat + 60, jti: 'j1' };

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as an attacker writes it: any header, any claims, any key, any hash. */
function forge(options: { header?: object; claims?: object; key?: string; hash?: string } = {}): string {
  const { header = {}, claims = {}, key = KEY, hash = 'sha256' } = options;
  const signed = `${base64url({ alg: 'HS256', ...header })}.${base64url({ ...CLAIMS, ...claims })}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

const accepted = async (token: string, keys = KEYS as Parameters<typeof checkToken>[1], now = NOW) =>
  (await checkToken(token, keys, now)).accepted;

test('what is minted is accepted, and says who and until when', async () => {
  const token = await mintToken({ key: KEY, user: 'lex', now: NOW });
  expect(await checkToken(token, KEYS, NOW)).toEqual({
    accepted: true,
    user: 'lex',
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    expires_at: new Date('2026-11-22T09:01:30Z'),
  });
});

test('each token has its own jti', async () => {
  const mint = () => mintToken({ key: KEY, user: 'lex', now: NOW });
  expect(await mint()).not.toBe(await mint());
});

test('a user name that the daemon would refuse is refused before', async () => {
  await expect(mintToken({ key: KEY, user: ' ', now: NOW })).rejects.toMatchObject({
    code: 'invalid_parameter',
  });
});

test('the key before a rotation is accepted too, and neither is decoded', async () => {
  const hex = '00ff'.repeat(16);
  const old = forge({ key: hex });
  expect(await accepted(old)).toBe(false);
  expect(await accepted(old, { current: KEY, previous: hex })).toBe(true);
  expect(await accepted(forge(), { current: hex, previous: KEY })).toBe(true);
  expect(await accepted(forge(), { current: KEY, previous: hex })).toBe(true);
});

test('a personal key is never answered by the shared one', async () => {
  expect(await accepted(await mintToken({ key: KEY, keyId: 'ak_1', user: 'lex', now: NOW }))).toBe(false);
});

describe('time', () => {
  test.each([
    ['just made', 0, true],
    ['at the end of its skew', 89, true],
    ['after it', 90, false],
    ['made by a clock that is 30 s ahead', -30, true],
    ['made by a clock that is further ahead', -31, false],
  ])('a token of 60 s, %s', async (_when, seconds, expected) => {
    expect(await accepted(forge(), KEYS, new Date(NOW.getTime() + seconds * 1000))).toBe(expected);
  });

  test('after 300 s and the skew it is too old, whatever exp says', async () => {
    const token = forge({ claims: { exp: iat + 10_000 } });
    const check = await checkToken(token, KEYS, new Date(NOW.getTime() + 330_000));
    expect(check).toMatchObject({ accepted: true, expires_at: new Date(NOW.getTime() + 330_000) });
    expect(await accepted(token, KEYS, new Date(NOW.getTime() + 331_000))).toBe(false);
  });
});

describe('accepted', () => {
  test.each([
    ['any typ', { header: { typ: 'adminctl+jwt' } }],
    ['a claim that we do not know', { claims: { role: 'owner' } }],
    ['nbf in the past', { claims: { nbf: iat - 10 } }],
    ['our aud among others', { claims: { aud: ['other', 'receptionist-admin'] } }],
  ])('%s', async (_what, token) => {
    expect(await accepted(forge(token))).toBe(true);
  });
});

describe('refused', () => {
  test.each<[string, Parameters<typeof forge>[0]]>([
    ['alg none', { header: { alg: 'none' } }],
    ['alg HS512 with the right key', { header: { alg: 'HS512' }, hash: 'sha512' }],
    ['alg RS256', { header: { alg: 'RS256' } }],
    ['alg in another case', { header: { alg: 'hs256' } }],
    ['no alg', { header: { alg: undefined } }],
    ['another key', { key: 'another-key-that-has-32-bytes-or-more' }],
    ['an empty key', { key: '' }],
    ['an unknown kid', { header: { kid: 'nobody' } }],
    ['a kid that is a path', { header: { kid: '../../dev/null' }, key: '' }],
    ['a kid that is SQL', { header: { kid: "x' UNION SELECT 'a" }, key: 'a' }],
    ['an empty kid', { header: { kid: '' } }],
    ['a key of its own', { header: { jwk: { kty: 'oct', k: 'YXR0YWNrZXI' } }, key: 'attacker' }],
    ['an unknown critical extension', { header: { crit: ['x'], x: 1 } }],
    ['iss of another', { claims: { iss: 'somebody' } }],
    ['iss in a list', { claims: { iss: ['adminctl'] } }],
    ['aud of another service', { claims: { aud: 'receptionist' } }],
    ['iat 10 minutes ahead', { claims: { iat: iat + 600, exp: iat + 660 } }],
    ['iat 6 minutes old and exp next year', { claims: { iat: iat - 360, exp: iat + 31_536_000 } }],
    ['nbf ahead', { claims: { nbf: iat + 600 } }],
    ['exp as text', { claims: { exp: String(iat + 60) } }],
    ['iat as text', { claims: { iat: String(iat) } }],
    ['an empty sub', { claims: { sub: '' } }],
    ['a sub that is a number', { claims: { sub: 1 } }],
    ['a sub with a line break', { claims: { sub: 'lex\nroot' } }],
    ['a sub beyond 128 characters', { claims: { sub: 'x'.repeat(129) } }],
    ['an empty jti', { claims: { jti: '' } }],
    ['a jti that is an object', { claims: { jti: {} } }],
    ['a jti beyond 255 characters', { claims: { jti: 'j'.repeat(256) } }],
    ['a token beyond 4 kB', { claims: { more: 'x'.repeat(4096) } }],
    ...Object.keys(CLAIMS).map((claim): [string, object] => [
      `no ${claim}`,
      { claims: { [claim]: undefined } },
    ]),
  ])('%s', async (_what, token) => {
    expect(await accepted(forge(token))).toBe(false);
  });

  const [header = '', claims = '', signature = ''] = forge().split('.');
  test.each([
    ['nothing', ''],
    ['two dots', '..'],
    ['no signature', `${header}.${claims}.`],
    ['a changed payload', `${header}.${base64url({ ...CLAIMS, sub: 'root' })}.${signature}`],
    ['half a signature', `${header}.${claims}.${signature.slice(0, 20)}`],
    [
      'another spelling of the signature',
      `${header}.${claims}.${signature.slice(0, -1)}${nextLetter(signature.at(-1))}`,
    ],
    ['padding', `${header}.${claims}.${signature}=`],
    ['a part too many', `${header}.${claims}.${signature}.x`],
    ['a space', `${header}.${claims}. ${signature}`],
    ['JSON serialization', JSON.stringify({ protected: header, payload: claims, signature })],
  ])('%s', async (_what, token) => {
    expect(await accepted(token)).toBe(false);
  });
});

/** The last of 43 letters has two bits to spare: the next letter of the alphabet says the same bytes. */
function nextLetter(letter = 'A'): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(letter) + 1] ?? '';
}
