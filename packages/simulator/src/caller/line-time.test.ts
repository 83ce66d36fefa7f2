import { expect, test } from 'vitest';
import { createLineTime, longestSilence, secondsToSay } from './line-time.ts';

const silence = (seconds: number) => ({ what: 'silence', seconds, text: '' }) as const;
const words = (text: string) => ({ what: 'words', seconds: secondsToSay(text), text }) as const;

test('what is heard stands one after the other, and what goes on is one piece', () => {
  const time = createLineTime();
  time.add(words('Hello, this is a test of it.23'));
  time.add(silence(1));
  time.add(silence(2.5));
  time.add({ what: 'music', seconds: 0, text: 'a' });
  time.add({ what: 'music', seconds: 4, text: 'b' });
  expect(time.pieces).toEqual([
    { at_s: 0, seconds: 2, what: 'words', text: 'Hello, this is a test of it.23' },
    { at_s: 2, seconds: 3.5, what: 'silence', text: '' },
    { at_s: 5.5, seconds: 4, what: 'music', text: 'b' },
  ]);
  expect(time.seconds).toBe(9.5);
});

test('a silence is broken by whatever is heard, and counts at the end too', () => {
  const time = createLineTime();
  for (const sound of [
    silence(3),
    words('Yes?'),
    silence(2),
    { what: 'tone', seconds: 1, text: '' } as const,
  ])
    time.add(sound);
  expect(longestSilence(time.pieces)).toBe(3);
  time.add(silence(7));
  expect(longestSilence(time.pieces)).toBe(7);
  time.restart();
  expect(longestSilence(time.pieces)).toBe(0);
});
