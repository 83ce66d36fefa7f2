import { expect, test } from 'vitest';
import { signForm, signJson } from './signature.ts';

const TOKEN = '12345678901234567890123456789012';

test("Twilio's published example", () => {
  const params = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675310',
    Digits: '1234',
    From: '+14158675310',
    To: '+18005551212',
  };
  expect(signForm('12345', 'https://example.com/myapp.php?foo=1&bar=2', params)).toBe(
    'L/OH5YylLD5NRKLltdqwSvS0BnU=',
  );
});

test('a form with an apostrophe, an empty value and a query', () => {
  const params = {
    From: '+15005550006',
    To: '+15005550009',
    CallSid: 'CA0123456789abcdef0123456789abcdef',
    SpeechResult: "I'd like to book, please",
    Digits: '',
    Confidence: '0.91',
  };
  const url = 'https://voice.example.test/t/acme/voice/gather?turn=2';
  expect(signForm(TOKEN, url, params)).toBe('sIVXKDkCZgBrXFgR0WnNGZEgj1k=');
});

test('a GET and a WebSocket handshake are signed over the address alone', () => {
  expect(signForm(TOKEN, 'https://voice.example.test/t/acme/voice?CallSid=CA1')).toBe(
    'Cl7de/pAEYdSgsognFO/gacD4Y8=',
  );
  expect(signForm(TOKEN, 'wss://voice.example.test/t/acme/relay')).toBe('clOAefSDPUlFlGOtsuC3guApYyI=');
});

test('a JSON body is signed through its hash in the query', () => {
  const signed = signJson(
    TOKEN,
    'https://voice.example.test/events',
    '{"MessageSid":"SM1","status":"delivered"}',
  );
  expect(signed).toEqual({
    url: 'https://voice.example.test/events?bodySHA256=0569acefb2647e1d61aaa1be7e84010fd45f18a5ba542463d7e8c7d99cdeed53',
    signature: 'WO186Un6cUZY3c/b0tS9xRekURo=',
  });
});

test.each([
  ['a fragment', 'https://a.test/x#rc=2'],
  ['user and password', 'https://me:secret@a.test/x'],
  ['the default port of HTTPS', 'https://a.test:443/x'],
])('%s is not signed', (_, url) => {
  expect(signForm(TOKEN, url)).toBe(signForm(TOKEN, 'https://a.test/x'));
});

test.each([
  ['another port', 'https://a.test:8443/x'],
  ['the default port of HTTP', 'http://a.test:80/x'],
  ['a trailing slash', 'https://a.test/x/'],
])('%s is signed', (_, url) => {
  expect(signForm(TOKEN, url)).not.toBe(signForm(TOKEN, url.replace(/:\d+|\/$/, '')));
});

test('of a repeated name the distinct values are sorted and all signed', () => {
  const sign = (params: Record<string, string | string[]>) => signForm(TOKEN, 'https://a.test/', params);
  expect(sign({ Event: ['b', 'a', 'b'] })).toBe(sign({ Event: ['a', 'b'] }));
  expect(sign({ Event: ['a', 'b'] })).toBe(sign({ Eventa: 'Eventb' }));
  expect(sign({ Event: ['a', 'b'] })).not.toBe(sign({ Event: 'b' }));
});
