import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Replayed, replayInWords } from './replay-words.ts';

const SAME = { said: 'How can I help you?', intent: null, decision: 'ask' } as const;
const REPLAY: Replayed = {
  ...{ entry_id: 'fb_01', tenant_id: 't1', conversation_id: 'cv_01', channel: 'voice' },
  would_escalate: false,
  why: 'At turn 2 the receptionist answers today.',
  was: { turn: 3, reason: 'no_answer_found' },
  now: null,
  turns: [
    {
      ...{ turn: 1, at: '2026-11-24T18:00:00.000Z', heard: null, same: true },
      was: SAME,
      now: { ...SAME, reason: null, detail: null, ends: false, by_model: false },
    },
    {
      ...{ turn: 2, at: '2026-11-24T18:00:09.000Z', heard: 'Do you\u001b[31m do veneers?', same: false },
      was: { said: 'I am alerting our team now.', intent: 'ask_question', decision: 'escalate' },
      now: {
        ...{ said: 'Veneers are 900 dollars a tooth.', intent: 'ask_question', decision: 'answer' },
        ...{ reason: null, detail: null, ends: true, by_model: true },
      },
    },
    {
      ...{ turn: 3, at: '2026-11-24T18:00:19.000Z', heard: 'Thanks', same: false },
      was: { said: '', intent: null, decision: 'answer' },
      now: null,
    },
  ],
};

function shown(width?: number): string[] {
  return stripVTControlCharacters(replayInWords(REPLAY, width)).split('\n');
}

describe('a replay', () => {
  it('stands side by side where there is room, and * marks what differs', () => {
    expect(shown(100)).toEqual([
      'fb_01  t1, voice',
      '',
      '    THEN                                              NOW',
      '',
      '1  (the call comes in)',
      '    How can I help you?                             = How can I help you?',
      '',
      '2  caller: Do you[31m do veneers?',
      '    I am alerting our team now. [a person is told]  * Veneers are 900 dollars a tooth. [hangs up]',
      '                                                      [by the model]',
      '',
      '3  caller: Thanks',
      '    (nothing)                                       * (over before this turn)',
      '',
      'It would not escalate any more. At turn 2 the receptionist answers today.',
    ]);
  });

  it('stands one below the other elsewhere', () => {
    expect(shown().slice(5, 8)).toEqual([
      '2  caller: Do you[31m do veneers?',
      '    then  I am alerting our team now. [a person is told]',
      '    now*  Veneers are 900 dollars a tooth. [hangs up] [by the model]',
    ]);
  });

  it.each([40, 60, 99, 100, 133])('fits %i columns', (width) => {
    expect(Math.max(...shown(width).map((line) => line.length))).toBeLessThanOrEqual(width);
  });
});
