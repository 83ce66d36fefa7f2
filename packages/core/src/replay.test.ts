import { describe, expect, it } from 'vitest';
import { type ConversationState, type Heard, takeTurn } from './conversation.ts';
import {
  concludeReplay,
  heardAgain,
  type KeptUtterance,
  type Place,
  pastTurns,
  replayedTurn,
} from './replay.ts';
import { withDefaults } from './tenant.ts';

const FIRST = '2026-11-24T18:00:00.000Z';
const SECOND = '2026-11-24T18:00:09.000Z';
const BEGINNING: Place = { channel: 'voice', before: null, bridged: false };
const LATER: Place = { ...BEGINNING, before: 'listen' };

function caller(text: string, at = SECOND): KeptUtterance {
  return { speaker: 'caller', text, at, confidence: 0.8, intent: 'ask_question', decision: null };
}

function receptionist(text: string, at = SECOND, decision = 'answer'): KeptUtterance {
  return { speaker: 'receptionist', text, at, intent: null, decision };
}

describe('what is kept of a conversation', () => {
  it('falls into turns again: arrival, words with their answer, silence', () => {
    const kept = [
      receptionist('Welcome.', FIRST, 'ask'),
      caller('Are you open?'),
      receptionist('We are.'),
      receptionist('Are you there?', '2026-11-24T18:00:20.000Z', 'ask'),
    ];
    expect(
      pastTurns(kept).map(({ turn, heard, said, decision }) => [turn, heard?.text, said, decision]),
    ).toEqual([
      [1, undefined, 'Welcome.', 'ask'],
      [2, 'Are you open?', 'We are.', 'answer'],
      [3, undefined, 'Are you there?', 'ask'],
    ]);
  });

  it('has a turn without an answer where a carrier answered', () => {
    expect(pastTurns([caller('STOP', FIRST), caller('Hello')]).map(({ said }) => said)).toEqual(['', '']);
  });
});

describe('what was heard', () => {
  const again = (text: string | null, place: Place): Heard =>
    heardAgain({ turn: 1, at: FIRST, heard: said(text), said: '…', intent: null, decision: null }, place);
  const said = (text: string | null) =>
    text === null ? null : ({ speaker: 'caller', text, at: FIRST, confidence: 0.8 } as const);

  it.each<[string, string | null, Place, Heard]>([
    ['an arrival', null, BEGINNING, { kind: 'arrived' }],
    ['silence', null, LATER, { kind: 'silence' }],
    ['words, with how surely they were heard', 'Hi', LATER, { kind: 'speech', text: 'Hi', confidence: 0.8 }],
    ['keys', '[pressed 0]', LATER, { kind: 'keys', digits: '0' }],
    ['a recording', '[left a recorded message of 12 seconds]', LATER, { kind: 'recorded', duration_s: 12 }],
    ['a return', null, { ...LATER, before: 'hand_off' }, { kind: 'handed_back', bridged: false }],
  ])('on a call is read back: %s', (_, text, place, heard) => {
    expect(again(text, place)).toEqual(heard);
  });

  it.each<[string, string, Heard]>([
    ['words', 'Are you open?', { kind: 'text', text: 'Are you open?', media: [] }],
    [
      'a photo',
      'my tooth [photo image/jpeg https://api.example/1]',
      {
        kind: 'text',
        text: 'my tooth',
        media: [{ content_type: 'image/jpeg', url: 'https://api.example/1' }],
      },
    ],
    ['a word of the carriers', 'HELP', { kind: 'keyword', keyword: 'help', text: 'HELP', answered: false }],
  ])('in a text is read back: %s', (_, text, heard) => {
    expect(again(text, { ...BEGINNING, channel: 'sms' })).toEqual(heard);
  });
});

describe('the conclusion', () => {
  const tenant = withDefaults({
    tenant_id: 't1',
    name: 'Northside Dental',
    time_zone: 'UTC',
    numbers: [],
    phrases: [{ phrase: 'my crown came off', reason: 'emergency' }],
  });

  /** What was said then led to a person in its last turn. */
  function conclude(words: string[], reason: 'low_confidence' | 'text_undelivered' = 'low_confidence') {
    const kept = words.flatMap((text, i) => {
      const at = new Date(Date.parse(FIRST) + i * 1000).toISOString();
      return [caller(text, at), receptionist('Sorry?', at, i === words.length - 1 ? 'escalate' : 'ask')];
    });
    let state: ConversationState | null = null;
    const turns = pastTurns(kept).map((past) => {
      const step = takeTurn(state, heardAgain(past, LATER), {
        ...{ tenant, flags: [], channel: 'voice', caller: '+14155550123', textable: false },
        ...{ transferable: false, transcript: [], now: past.at },
      });
      state = step.state;
      return replayedTurn(past, { step, said: step.say.join(' '), by_model: false });
    });
    return concludeReplay({ reason, turns, onLeaving: null, tenant, flags: [] });
  }

  it.each([
    [['Can I speak to a person?'], 'asks for a person, which always escalates. Then it was low_confidence'],
    [['frobnicate', 'the widget'], 'At turn 2 ("the widget"): it is still not understood'],
    [['um my crown came off', 'hello?'], 'the tenant\'s phrase "my crown came off" says'],
    [['I would like to book an appointment'], 'an appointment, which a person makes'],
  ])('says when a person is told, and why: %s', (words, why) => {
    expect(conclude(words)).toMatchObject({ would_escalate: true, why: expect.stringContaining(why) });
  });

  it('says what is heard instead where no person is needed', () => {
    expect(conclude(['What are your opening hours?'])).toMatchObject({
      would_escalate: false,
      was: { turn: 1, reason: 'low_confidence' },
      now: null,
      why: expect.stringContaining(
        'At turn 1 ("What are your opening hours?") the receptionist answers today: "',
      ),
    });
  });

  it('does not claim to know what words do not decide', () => {
    expect(conclude(['What are your opening hours?'], 'text_undelivered')).toMatchObject({
      would_escalate: null,
      why: expect.stringContaining('a replay sends none'),
    });
  });
});
