import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { refuseSlackRequest } from './slack-signature.ts';

// Slack's own example. https://docs.slack.dev/authentication/verifying-requests-from-slack
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const SIGNED = {
  timestamp: '1531420618',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  body: Buffer.from(BODY),
};
const THEN = new Date(1_531_420_618_000);
const after = (seconds: number) => new Date(THEN.getTime() + seconds * 1_000);

test('what Slack signed is accepted, up to five minutes before and after', () => {
  for (const now of [THEN, after(300), after(-300)])
    expect(refuseSlackRequest(SIGNED, SECRET, now)).toBeNull();
});

test('an older or newer request is stale, however well signed', () => {
  for (const now of [after(301), after(-301)]) expect(refuseSlackRequest(SIGNED, SECRET, now)).toBe('stale');
});

const sign = (timestamp: string) =>
  `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:${BODY}`).digest('hex')}`;

test.each([
  ['another body', { body: Buffer.from(`${BODY} `) }, 'forged'],
  ['no body', { body: Buffer.alloc(0) }, 'forged'],
  ['another time', { timestamp: '1531420619' }, 'forged'],
  ['a signature that broke off', { signature: SIGNED.signature.slice(0, -1) }, 'forged'],
  ['a signature twice', { signature: `${SIGNED.signature}, ${SIGNED.signature}` }, 'forged'],
  ['another version', { signature: SIGNED.signature.replace('v0', 'v1') }, 'forged'],
  ['letters that are longer in UTF-8', { signature: 'é'.repeat(67) }, 'forged'],
  ['no signature', { signature: undefined }, 'unsigned'],
  ['an empty signature', { signature: '' }, 'unsigned'],
  ['no time', { timestamp: undefined }, 'unsigned'],
  ['a time in words', { timestamp: 'now', signature: sign('now') }, 'unsigned'],
  ['a time with a fraction', { timestamp: '1531420618.5', signature: sign('1531420618.5') }, 'unsigned'],
  [
    'a time of a hundred digits',
    { timestamp: '1'.repeat(100), signature: sign('1'.repeat(100)) },
    'unsigned',
  ],
])('%s is refused', (_what, changes, why) => {
  expect(refuseSlackRequest({ ...SIGNED, ...changes }, SECRET, THEN)).toBe(why);
});

test('another secret, or none, accepts nothing', () => {
  expect(refuseSlackRequest(SIGNED, `${SECRET}x`, THEN)).toBe('forged');
  for (const none of [undefined, '']) expect(refuseSlackRequest(SIGNED, none, THEN)).toBe('no_secret');
});
