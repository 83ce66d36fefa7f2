import { describe, expect, it } from 'vitest';
import type { EntryWithHistory } from './fallback.ts';
import { draftLesson } from './lesson-draft.ts';
import type { PastTurn } from './replay.ts';

const NOW = '2026-11-24T18:00:00.000Z';

function resolved(changes: Partial<EntryWithHistory> = {}): EntryWithHistory {
  return {
    ...{
      entry_id: 'fb_1',
      tenant_id: 't1',
      conversation_id: 'cv_1',
      channel: 'voice',
      caller: '+14155550123',
    },
    ...{ reason: 'no_answer_found', reason_detail: null, severity: 'critical', status: 'resolved' },
    ...{ created_at: NOW, ack_due_at: NOW, engage_due_at: NOW, ack_breached: false, engage_breached: false },
    ...{ assignee: null, acknowledged_by: null, acknowledged_at: null, engaged_by: null, engaged_at: null },
    ...{ resolved_by: 'lex', resolved_at: NOW, resolution_notes: 'Done.', tags: [] },
    context: { summary: '', live: false, call_sid: null, slots: {}, transcript: [] },
    notifications: [],
    timeline: [],
    ...changes,
  } as EntryWithHistory;
}

function heard(turn: number, text: string, decision: string): PastTurn {
  return { turn, at: NOW, heard: { speaker: 'caller', text, at: NOW }, said: '…', intent: null, decision };
}

describe('a draft', () => {
  it.each([
    ['um hi, do you do veneers', 'Do you do veneers?'],
    ['Hello. I was wondering whether you take walk-ins', 'You take walk-ins?'],
    ['My son is eight. Do you treat children?', 'Do you treat children?'],
  ])('asks what the caller asked, without what they said around it: %s', (reason_detail, question) => {
    const draft = draftLesson(resolved({ reason_detail }), []);
    expect(draft).toMatchObject({ proposed: 'answer', question });
  });

  it.each([
    ['Called her back, told her that we do veneers from 900 dollars', 'We do veneers from 900 dollars.'],
    ['told them: yes, on Saturdays too.', 'Yes, on Saturdays too.'],
    ['We see children from 3.5 years on. Rang her on 415 555 0123.', 'We see children from 3.5 years on.'],
    ['called back', null],
  ])('answers with what the notes say, and not with what was done: %s', (resolution_notes, answer) => {
    expect(draftLesson(resolved({ resolution_notes, reason_detail: 'veneers?' }), []).answer).toBe(answer);
  });

  it('proposes an answer where a question was not understood, and a phrase where it was none', () => {
    const question = [
      heard(2, 'could I get one of those whitening things', 'ask'),
      heard(3, 'whitening', 'escalate'),
    ];
    const plea = [heard(2, 'my crown came off', 'ask'), heard(3, 'the crown is off', 'escalate')];
    const entry = resolved({ reason: 'low_confidence', reason_detail: 'the crown is off' });
    expect(draftLesson(entry, question)).toMatchObject({
      proposed: 'answer',
      question: 'Could I get one of those whitening things?',
    });
    expect(draftLesson(entry, plea)).toMatchObject({ proposed: 'phrase', phrase: 'My crown came off' });
  });

  it('guesses the reason of a phrase from the words, else from the notes', () => {
    const entry = resolved({ reason: 'low_confidence', resolution_notes: 'She wanted to pay her bill.' });
    expect(draftLesson(entry, [heard(2, 'the paper you mailed', 'escalate')]).reason).toBe('payment');
  });

  it('proposes nothing where a person is needed whatever the tenant says', () => {
    const entry = resolved({ reason: 'caller_asked_for_human', reason_detail: 'a person please' });
    expect(draftLesson(entry, [])).toMatchObject({
      proposed: null,
      why: expect.stringContaining('caller_asked_for_human goes to a person'),
    });
  });

  it('is not made of an entry that nobody has resolved', () => {
    const open = resolved({ status: 'open', resolution_notes: null });
    expect(() => draftLesson(open, [])).toThrow(/fb_1 is open\. Resolve it first/);
  });
});
