/** Whatever is said or written, Twilio can play or send it, and the words arrive. */
import { parseMessageTwiml, parseTwiml, type Verb } from '@receptionist/simulator/caller';
import fc from 'fast-check';
import { createTwilioMessaging, createTwilioTelephony } from 'receptionistd';
import { expect, test } from 'vitest';

const publicUrl = 'https://phone.example';
const credentials = { accountSid: undefined, authTokens: [], accounts: new Map() };
const telephony = createTwilioTelephony({ publicUrl, credentials });
const messaging = createTwilioMessaging({ publicUrl });
const VOICE = { mode: 'gather', voice: 'Polly.Joanna-Neural', language: 'en-US' } as const;

const MARKUP = [
  '<Hangup/>',
  '&amp;',
  '&#0;',
  ']]>',
  '<!--',
  '<![CDATA[',
  '"',
  "'",
  '\0',
  '\ufffe',
  '\ud83e',
  '🦷',
];
const words = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...MARKUP, ' ', '\r\n')), { maxLength: 20 })
  .map((parts) => parts.join(''));
const long = fc.tuple(words, fc.integer({ min: 1, max: 400 })).map(([text, times]) => text.repeat(times));
const texts = fc.array(fc.oneof({ arbitrary: words, weight: 9 }, long), { maxLength: 4 });

/** What is left of them in XML, without white space, which documents may change. */
function essence(said: readonly string[]): string {
  return said.join('').replace(/[\p{Cc}\p{Cs}\ufffd-\uffff\s]/gu, '');
}

function saidIn(verbs: readonly Verb<string>[]): string[] {
  return verbs.flatMap(({ text, nested }) => [text, ...saidIn(nested)]);
}

test('anything that is said can be played, and is heard word for word', () => {
  fc.assert(
    fc.property(texts, texts, fc.boolean(), (say, hints, listens) => {
      const next = listens
        ? ({ action: 'listen', turn: 2, hints } as const)
        : ({ action: 'hang_up' } as const);
      const { verbs, warnings } = parseTwiml(telephony.render({ say, next }, VOICE));
      expect(essence(saidIn(verbs))).toBe(essence(say));
      expect(warnings).toEqual([]);
    }),
  );
});

test('anything that is written can be sent, and is read word for word', () => {
  fc.assert(
    fc.property(texts, fc.option(fc.string()), (written, conversation_id) => {
      const { verbs } = parseMessageTwiml(messaging.render(written, conversation_id));
      expect(essence(saidIn(verbs))).toBe(essence(written));
    }),
  );
});
