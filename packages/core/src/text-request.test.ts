import { expect, it } from 'vitest';
import { asksForText, meansLastAnswer } from './text-request.ts';

it.each([
  'Can you text me that?',
  'text me the address please',
  'could you send me a text with your opening hours',
  'Can you send that to me by text?',
  'would you message it to me',
  'please send it as an SMS message',
  'can I get the prices in a text',
])('asks for a text: %s', (words) => {
  expect(asksForText(words)).toBe(true);
});

it.each([
  "please don't text me",
  'I got a text from you yesterday',
  'can I leave a message',
  'do you take texts',
  'never send me a text again',
  'send me to a person',
  'I need to speak to somebody about the text on your website',
])('does not: %s', (words) => {
  expect(asksForText(words)).toBe(false);
});

it('knows what points to the last answer', () => {
  expect(meansLastAnswer('text me that')).toBe(true);
  expect(meansLastAnswer('text me the address')).toBe(false);
});
