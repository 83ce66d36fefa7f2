import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import type { SignedRequest } from './telephony.ts';
import { createTwilioTelephony } from './twilio-telephony.ts';

const TOKEN = '12345678901234567890123456789012';
const PUBLIC_URL = 'https://voice.example.test';
const MAIN = 'AC00000000000000000000000000000000';
const SUB = 'AC11111111111111111111111111111111';

const telephonyFor = (credentials: object = {}, publicUrl = PUBLIC_URL) =>
  createTwilioTelephony({
    publicUrl,
    credentials: { accountSid: undefined, authTokens: [TOKEN], accounts: new Map(), ...credentials },
  });
const telephony = telephonyFor();

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';
function request(path: string, body: string, headers: Record<string, string | string[]>): SignedRequest {
  const lists = Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
  return { path, body: Buffer.from(body), headers: { 'content-type': [FORM], ...Object.fromEntries(lists) } };
}

/** A form as the official package signs it. */
function signed(
  path: string,
  form: URLSearchParams,
  { token = TOKEN, url = PUBLIC_URL + path } = {},
): SignedRequest {
  const parameters = Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
  const signature = webhooks.getExpectedTwilioSignature(token, url, parameters);
  return request(path, form.toString(), { 'x-twilio-signature': signature });
}

const CALL = { CallSid: 'CA1', AccountSid: MAIN, From: '+14155550123', To: '+15005550006' };
const form = (more: Record<string, string> = {}) => new URLSearchParams({ ...CALL, ...more });

describe('who signed', () => {
  it('accepts what Twilio published', () => {
    const published = telephonyFor({ authTokens: ['12345'] }, 'https://example.com');
    const body =
      'CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212';
    const sent = request('/myapp.php?foo=1&bar=2', body, {
      'x-twilio-signature': 'L/OH5YylLD5NRKLltdqwSvS0BnU=',
    });
    expect(published.authenticate(sent)).toHaveProperty('fields');
  });

  it.each([
    ['a query', '/twilio/voice/turn?turn=2', form()],
    ['an encoded query', '/twilio/voice/turn?turn=2&q=it%27s%20%C3%A4&r=a+b', form()],
    ['empty parameters', '/twilio/webhook', form({ Digits: '', SpeechResult: '' })],
    ['repeated parameters', '/twilio/webhook', new URLSearchParams('CallSid=CA1&A=b&A=a&A=b&B=')],
    ['words', '/twilio/webhook', form({ SpeechResult: "I'd like to book, please & thanks + 🦷" })],
    ['an odd name', '/twilio/webhook', form({ __proto__x: '1', constructor: '2' })],
  ])('accepts what the official package signs: %s', (_what, path, body) => {
    expect(telephony.authenticate(signed(path, body))).toHaveProperty('fields');
  });

  it.each([
    ['with the port in the signed address', PUBLIC_URL, 'https://voice.example.test:443/twilio/webhook'],
    ['without the port in the signed address', 'http://127.0.0.1:8080', 'http://127.0.0.1/twilio/webhook'],
    ['below a folder', `${PUBLIC_URL}/base`, `${PUBLIC_URL}/base/twilio/webhook`],
  ])('accepts it %s', (_what, publicUrl, url) => {
    const verdict = telephonyFor({}, publicUrl).authenticate(signed('/twilio/webhook', form(), { url }));
    expect(verdict).toHaveProperty('fields');
  });

  it.each([
    ['one byte more', { ...signed('/twilio/webhook', form()), body: Buffer.from(`${form()}x`) }],
    ['another query', { ...signed('/twilio/voice/turn?turn=2', form()), path: '/twilio/voice/turn?turn=3' }],
    ['another path', { ...signed('/twilio/webhook', form()), path: '/twilio/status/call' }],
    ['another host', signed('/twilio/webhook', form(), { url: 'https://evil.example/twilio/webhook' })],
    [
      'another scheme',
      signed('/twilio/webhook', form(), { url: 'http://voice.example.test/twilio/webhook' }),
    ],
    ['another token', signed('/twilio/webhook', form(), { token: 'x'.repeat(32) })],
    ['no header', request('/twilio/webhook', form().toString(), {})],
    ['an empty header', request('/twilio/webhook', form().toString(), { 'x-twilio-signature': '' })],
    [
      'an address in the request line',
      { ...signed('/twilio/webhook', form()), path: 'http://a:b/twilio/webhook' },
    ],
  ])('refuses %s', (_what, sent) => {
    expect(telephony.authenticate(sent)).toHaveProperty('refused');
  });

  it('refuses two signatures, even if one is right', () => {
    const sent = signed('/twilio/webhook', form());
    const [right = ''] = sent.headers['x-twilio-signature'] ?? [];
    const both = { ...sent, headers: { ...sent.headers, 'x-twilio-signature': [right, right] } };
    expect(telephony.authenticate(both)).toEqual({ refused: 'several_signatures' });
  });

  it('refuses everything without a token', () => {
    const sent = signed('/twilio/webhook', form(), { token: '' });
    expect(telephonyFor({ authTokens: [] }).authenticate(sent)).toEqual({ refused: 'no_token' });
  });

  it('accepts the token before, while tokens are rotated', () => {
    const rotating = telephonyFor({ authTokens: ['new-token', TOKEN] });
    expect(rotating.authenticate(signed('/twilio/webhook', form()))).toHaveProperty('fields');
  });

  it('accepts a body that is no form by its hash in the query', () => {
    const body = '{"MessageSid":"SM1","status":"delivered"}';
    const path = '/events?bodySHA256=0569acefb2647e1d61aaa1be7e84010fd45f18a5ba542463d7e8c7d99cdeed53';
    const headers = {
      'content-type': 'application/json',
      'x-twilio-signature': 'WO186Un6cUZY3c/b0tS9xRekURo=',
    };
    expect(telephony.authenticate(request(path, body, headers))).toHaveProperty('fields');
    expect(telephony.authenticate(request(path, `${body} `, headers))).toEqual({
      refused: 'wrong_signature',
    });
    expect(telephony.authenticate(request('/events', body, headers))).toEqual({ refused: 'unsigned_body' });
  });
});

describe('subaccounts', () => {
  const accounts = new Map([[SUB, 'sub-token']]);
  const ofSub = (token: string) => signed('/twilio/webhook', form({ AccountSid: SUB }), { token });

  it('are proven by their own token alone', () => {
    const both = telephonyFor({ accounts });
    expect(both.authenticate(ofSub('sub-token'))).toHaveProperty('fields');
    expect(both.authenticate(ofSub(TOKEN))).toHaveProperty('refused');
    const asMain = signed('/twilio/webhook', form(), { token: 'sub-token' });
    expect(both.authenticate(asMain)).toHaveProperty('refused');
  });

  it('are refused where another account is named and they are unknown', () => {
    expect(telephonyFor({ accountSid: MAIN }).authenticate(ofSub(TOKEN))).toEqual({ refused: 'no_token' });
    expect(telephonyFor().authenticate(ofSub(TOKEN))).toHaveProperty('fields');
  });
});

describe('what was heard', () => {
  const turnOf = (more: Record<string, string>, path = '/twilio/voice/turn?turn=3') => {
    const sent = signed(path, form(more));
    const verdict = telephony.authenticate(sent);
    if ('refused' in verdict) throw new Error(verdict.refused);
    return telephony.readTurn(sent, verdict.fields, 'words');
  };

  it.each([
    [
      'words',
      { SpeechResult: 'hello', Confidence: '0.91' },
      { kind: 'speech', text: 'hello', confidence: 0.91 },
    ],
    [
      'words without a confidence',
      { SpeechResult: 'hello' },
      { kind: 'speech', text: 'hello', confidence: null },
    ],
    [
      'a confidence that is none',
      { SpeechResult: 'hi', Confidence: '7' },
      { kind: 'speech', text: 'hi', confidence: null },
    ],
    ['keys', { Digits: '1' }, { kind: 'keys', digits: '1' }],
    [
      'words before keys',
      { SpeechResult: 'hi', Digits: '1' },
      { kind: 'speech', text: 'hi', confidence: null },
    ],
    ['nothing', { SpeechResult: '', Digits: '' }, { kind: 'silence' }],
    ['nothing but control characters', { SpeechResult: '\0\u0007 \n' }, { kind: 'silence' }],
  ])('%s', (_what, more, heard) => {
    expect(turnOf(more)?.heard).toEqual(heard);
  });

  it('is masked before anybody sees it', () => {
    expect(JSON.stringify(turnOf({ SpeechResult: 'my card is 4111 1111 1111 1111' }))).not.toContain('1111');
    expect(JSON.stringify(turnOf({ Digits: '4111111111111111' }))).not.toContain('1111');
  });

  it('is cut at 4,000 characters', () => {
    const heard = turnOf({ SpeechResult: 'word '.repeat(5_000) })?.heard;
    expect(heard?.kind === 'speech' && heard.text.length).toBeLessThanOrEqual(4_000);
  });

  it.each([
    ['/twilio/voice/turn?turn=3&failures=1', { turn: 3, failures: 1 }],
    ['/twilio/voice/turn?turn=-1', { turn: 0, failures: 0 }],
    ['/twilio/voice/turn?turn=99999999', { turn: 0, failures: 0 }],
    ['/twilio/voice/turn', { turn: 0, failures: 0 }],
  ])('is a turn: %s', (path, expected) => {
    expect(turnOf({}, path)).toMatchObject(expected);
  });

  it('knows a withheld caller', () => {
    expect(turnOf({ From: 'anonymous' })?.caller).toBeNull();
    expect(turnOf({ From: '+14155550123' })?.caller).toBe('+14155550123');
  });
});
