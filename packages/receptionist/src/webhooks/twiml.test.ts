import { describe, expect, it } from 'vitest';
import type { Reply } from './telephony.ts';
import { createTwilioAddresses } from './twilio-addresses.ts';
import { messageResponse, voiceResponse } from './twiml.ts';

const voice = { mode: 'gather', voice: 'Polly.Joanna-Neural', language: 'en-US' } as const;
const addresses = createTwilioAddresses({ publicUrl: 'https://phone.example.com' });
const render = (say: string[], next: Reply['next'] = { action: 'hang_up' }) =>
  voiceResponse({ say, next }, { voice, addresses });
const spoken = (document: string) =>
  [...document.matchAll(/<Say[^>]*>([^<]*)<\/Say>/g)].map(([, text]) => text);

describe('TwiML', () => {
  it('says and hangs up', () => {
    expect(render(['Goodbye.'])).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Say voice="Polly.Joanna-Neural" language="en-US">Goodbye.</Say><Hangup/></Response>',
    );
  });

  it('listens while it speaks, so that the caller can interrupt, and hears silence too', () => {
    const document = render(['Hello.', 'How can I help?'], {
      action: 'listen',
      turn: 2,
      hints: ['checkup', 'a, b'],
    });
    expect(document).toMatch(/<Response><Gather [^>]*><Say.*<Say.*<\/Gather><\/Response>$/);
    for (const attribute of [
      'input="speech dtmf"',
      'action="https://phone.example.com/twilio/voice/turn?turn=2"',
      'actionOnEmptyResult="true"',
      'speechTimeout="auto"',
      'numDigits="1"',
      'hints="checkup,a  b"',
    ]) {
      expect(document).toContain(attribute);
    }
  });

  it('records after a tone, and asks again where nothing was said', () => {
    const document = render(['Your message will be recorded.'], { action: 'record', turn: 5 });
    expect(document).toMatch(
      /<Say .*recorded\.<\/Say><Record [^>]*\/><Redirect method="POST">[^<]*turn\?turn=5</,
    );
    for (const attribute of ['maxLength="120"', 'timeout="5"', 'finishOnKey="#"', 'playBeep="true"'])
      expect(document).toContain(attribute);
  });

  it('lets a caller wait in a room until somebody else begins it', () => {
    const document = render(['One moment.'], { action: 'hand_off', room: 't:a&b:CA1', turn: 3 });
    expect(document).toMatch(
      /<Dial action="[^"]*returned\?turn=3" method="POST"><Conference [^>]*>t:a&amp;b:CA1</,
    );
    expect(document).toContain('startConferenceOnEnter="false" endConferenceOnExit="true" beep="false"');
    expect(document).toContain('statusCallbackEvent="start join leave"');
  });

  it('leaves hints out where there are none, and keeps to the limits of Twilio', () => {
    expect(render(['Hi.'], { action: 'listen', turn: 2, hints: [] })).not.toContain('hints');
    const many = render(['Hi.'], { action: 'listen', turn: 2, hints: Array(600).fill('h'.repeat(200)) });
    const hints = /hints="([^"]*)"/.exec(many)?.[1]?.split(',') ?? [];
    expect(hints).toHaveLength(500);
    expect(hints[0]).toHaveLength(100);
  });

  it('never cuts a hint inside a character', () => {
    const document = render(['Hi.'], { action: 'listen', turn: 2, hints: [`a${'🦷'.repeat(60)}`] });
    expect(/hints="([^"]*)"/.exec(document)?.[1]).toBe(`a${'🦷'.repeat(49)}`);
  });

  it.each([
    ['markup', 'a <Hangup/> & "b"', 'a &lt;Hangup/&gt; &amp; &quot;b&quot;'],
    ['control characters', 'a\0b\u0007c\u001Bd\u000Be', 'a b c d e'],
    ['lone surrogates', 'a\uD800b', 'a b'],
    ['what was lost before', 'a\uFFFDb', 'a b'],
    ['what XML cannot hold', 'a\uFFFEb\uFFFFc', 'a b c'],
    ['emoji', 'a 🦷 b', 'a 🦷 b'],
  ])('can be played whatever is said: %s', (_what, text, said) => {
    expect(spoken(render([text]))).toEqual([said]);
  });

  it('cuts what is longer than one Say, between words and never inside a character', () => {
    const words = spoken(render([`${'word '.repeat(2_000)}`]));
    expect(words.every((text) => (text?.length ?? 0) <= 3_000)).toBe(true);
    expect(words.join(' ').match(/word/g)).toHaveLength(2_000);
    expect(spoken(render([`a${'🦷'.repeat(4_000)}`])).join('')).toBe(`a${'🦷'.repeat(4_000)}`);
  });

  it('answers a text', () => {
    expect(messageResponse(['a & b'], null)).toContain('<Response><Message>a &amp; b</Message></Response>');
  });
});
