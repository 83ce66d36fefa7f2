import { expect, test } from 'vitest';
import { parseScript, playScript } from './script.ts';
import { callApp, startApp, textApp } from './test-app.ts';

const LISTEN =
  '<Response><Gather input="speech dtmf" action="/turn"><Say>Hello there.</Say></Gather></Response>';

function startEcho() {
  return startApp({
    '/voice': LISTEN,
    '/turn': ({ form }) => {
      const heard = form.SpeechResult ?? form.Digits;
      const reply = `<Say>I heard ${heard}.</Say>`;
      return heard === 'bye'
        ? `<Response>${reply}</Response>`
        : `<Response><Gather input="speech dtmf" action="/turn">${reply}</Gather></Response>`;
    },
    '/status': { status: 204, body: '' },
  });
}

test('lines become turns and expectations', () => {
  const { steps, mistakes } = parseScript(
    '\uFEFF# greeting\r\n? hello\r\n\r\nI need a person\n[press 1 2 #]\n [Silence] \n[hang  up]\n',
  );
  expect(mistakes).toEqual([]);
  expect(steps).toEqual([
    { line: 2, step: 'expect', words: 'hello' },
    { line: 4, step: 'say', text: 'I need a person' },
    { line: 5, step: 'press', keys: '12#' },
    { line: 6, step: 'silence' },
    { line: 7, step: 'hang up' },
  ]);
});

test('every bad line is explained', () => {
  const { mistakes } = parseScript('?\n[press]\n[press x]\n[dance]\n[hang up\nfine');
  expect(mistakes).toEqual([
    { line: 1, message: expect.stringContaining('must have heard') },
    { line: 2, message: expect.stringContaining('"[press]": [press 1], [silence] and [hang up]') },
    { line: 3, message: '"x" are no keys: 0-9, * and # are' },
    { line: 4, message: expect.stringContaining('[dance]') },
    { line: 5, message: expect.stringContaining('[hang up') },
  ]);
});

test('a script that holds is ok, and hangs up at its end', async () => {
  const app = await startEcho();
  const call = await callApp(app, { statusCallbackUrl: `${app.origin}/status` });
  const script = parseScript('? HELLO   there\nmy tooth hurts\n? i heard my tooth\n[press 1]\n? heard 1');
  expect(await playScript(call, script)).toEqual({ ok: true, failures: [] });
  expect(call.status).toBe('completed');
  expect(app.asked.at(-1)?.path).toBe('/status');
});

test('an expectation counts what was heard since the last turn, and names its line', async () => {
  const call = await callApp(await startEcho());
  const result = await playScript(call, parseScript('one\n\n? hello there\ntwo\n? heard two'));
  expect(result).toEqual({
    ok: false,
    failures: [{ line: 3, message: 'expected to hear "hello there", but heard "I heard one."' }],
  });
});

test('a turn on a call that is over fails', async () => {
  const call = await callApp(await startEcho());
  const result = await playScript(call, parseScript('bye\nhello?\n? hello'));
  expect(result).toEqual({
    ok: false,
    failures: [{ line: 2, message: 'the call is over (completed) before this turn' }],
  });
});

test('hanging up where the other side has is fine', async () => {
  const call = await callApp(await startEcho());
  expect(await playScript(call, parseScript('bye\n[hang up]\n? heard bye'))).toMatchObject({ ok: true });
});

test('of a script with mistakes nothing is played', async () => {
  const call = await callApp(await startEcho());
  const result = await playScript(call, parseScript('hello\n[dance]'));
  expect(result).toEqual({ ok: false, failures: [{ line: 2, message: expect.stringContaining('[dance]') }] });
  expect(call.transcript).toHaveLength(1);
  expect(call.status).toBe('completed');
});

function startTextEcho() {
  return startApp({
    '/message': ({ form }) =>
      `<Response><Message>I read ${form.MediaUrl0 ?? form.Body}.</Message></Response>`,
  });
}

test('in texts a line is a text, and a photo has an address', async () => {
  const script = parseScript(
    'my tooth hurts\n? read my TOOTH\n[Photo https://a.test/T.png]\n? /T.png',
    'texts',
  );
  expect(script.mistakes).toEqual([]);
  const app = await startTextEcho();
  expect(await playScript(textApp(app), script)).toEqual({ ok: true, failures: [] });
  expect(app.asked[1]?.form).toMatchObject({ NumMedia: '1', MediaContentType0: 'image/png', Body: '' });
});

test('each medium has its own brackets', () => {
  expect(parseScript('[silence]\n[photo tooth.jpg]\n[photo]', 'texts').mistakes).toEqual([
    { line: 1, message: expect.stringContaining('"[silence]": [photo') },
    { line: 2, message: expect.stringContaining('"tooth.jpg" is no address') },
    { line: 3, message: expect.stringContaining('"[photo]": [photo') },
  ]);
  expect(parseScript('[photo https://a.test/t.png]').mistakes).toHaveLength(1);
});

test('a script for the other medium stops where it does not fit', async () => {
  const thread = textApp(await startTextEcho());
  expect(await playScript(thread, parseScript('hi\n? read hi\n[silence]\n? never'))).toEqual({
    ok: false,
    failures: [{ line: 3, message: '[silence] is for calls' }],
  });
  const call = await callApp(await startEcho());
  expect(await playScript(call, parseScript('[photo https://a.test/t.png]', 'texts'))).toEqual({
    ok: false,
    failures: [{ line: 1, message: 'a call carries no photo' }],
  });
});
