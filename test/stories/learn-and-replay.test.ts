import { ROUTES } from '@receptionist/admin-api';
import type { Entry } from '@receptionist/core';
import { expect, test } from 'vitest';
import { type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';

/** Somebody says this and hangs up; a colleague helps and writes down how. */
async function helped(desk: FrontDesk, said: string[], notes: string): Promise<Entry> {
  const call = await desk.ring();
  for (const words of said) await call.say(words);
  await call.hangUp();
  const [entry] = await desk.entries();
  const params = { entry_id: entry?.entry_id ?? '' };
  const resolved = await desk.admin.call(ROUTES.resolveEntry, { params, body: { notes } });
  await desk.alerts();
  return resolved as Entry;
}

const replayOf = (desk: FrontDesk, { entry_id }: Entry) =>
  desk.admin.call(ROUTES.replayEntry, { params: { entry_id } });
const lessonOf = (desk: FrontDesk, { entry_id }: Entry) =>
  desk.admin.call(ROUTES.getLesson, { params: { entry_id } });

/** What `adminctl fallback learn ID --yes` does. */
async function learnAsDrafted(desk: FrontDesk, entry: Entry): Promise<void> {
  const { question, answer } = await lessonOf(desk, entry);
  const body = { question: question ?? '', answer: answer ?? '' };
  await desk.admin.call(ROUTES.addAnswer, { params: { tenant_id: entry.tenant_id }, body });
}

test('three entries are learned from: two no longer escalate, and the third says why it still does', async () => {
  const desk = await openFrontDesk();
  const veneers = await helped(
    desk,
    ['Hi, do you do veneers?', 'Yes please'],
    'Called back, told her that we do veneers, from 900 dollars a tooth.',
  );
  const sedation = await helped(
    desk,
    ['is sedation something you people do', 'sedation dentistry I mean'],
    'Told them: we sedate with laughing gas, at no charge.',
  );
  const person = await helped(
    desk,
    ['Can I speak to a real person please?'],
    'She only wanted to say thank you.',
  );
  expect([veneers, sedation, person].map(({ reason }) => reason)).toEqual([
    'no_answer_found',
    expect.stringMatching(/^(no_answer_found|low_confidence)$/),
    'caller_asked_for_human',
  ]);
  for (const entry of [veneers, sedation, person])
    expect(await replayOf(desk, entry)).toMatchObject({ would_escalate: true });

  await learnAsDrafted(desk, veneers);
  await learnAsDrafted(desk, sedation);
  expect(await lessonOf(desk, person)).toMatchObject({
    proposed: null,
    why: expect.stringContaining('caller_asked_for_human'),
  });

  expect(await replayOf(desk, veneers)).toMatchObject({
    would_escalate: false,
    now: null,
    turns: [
      { turn: 1, heard: null, same: true },
      { turn: 2, was: { decision: 'ask' }, now: { decision: 'answer' }, same: false },
      { turn: 3, was: { decision: 'escalate' } },
    ],
  });
  expect(await replayOf(desk, sedation)).toMatchObject({ would_escalate: false });
  expect(await replayOf(desk, person)).toMatchObject({
    would_escalate: true,
    why: expect.stringContaining('the caller asks for a person, which always escalates'),
    was: { turn: 2, reason: 'caller_asked_for_human' },
    now: { turn: 2, reason: 'caller_asked_for_human' },
  });

  const next = await desk.ring();
  await next.say('How much would veneers be?');
  expect(next.heard.join(' ')).toContain('from 900 dollars a tooth');
  await next.hangUp();
  expect(await desk.entries()).toEqual([]);
});

test('a phrase alerts the right person at once, where it took two misunderstandings before', async () => {
  const desk = await openFrontDesk();
  const entry = await helped(desk, ['my crown fell out', 'the crown fell out'], 'Urgent, came in at once.');
  expect(entry).toMatchObject({ reason: 'low_confidence' });
  const { proposed, phrase, reason } = await lessonOf(desk, entry);
  expect({ proposed, phrase, reason }).toEqual({
    ...{ proposed: 'phrase', phrase: 'My crown fell out', reason: 'emergency' },
  });
  const body = { phrase: phrase ?? '', reason };
  await desk.admin.call(ROUTES.addPhrase, { params: { tenant_id: entry.tenant_id }, body });
  expect(await replayOf(desk, entry)).toMatchObject({
    was: { turn: 3, reason: 'low_confidence' },
    now: { turn: 2, reason: 'emergency' },
    why: expect.stringContaining('the tenant\'s phrase "My crown fell out"'),
  });

  const call = await desk.ring();
  await call.say('I think my crown just fell out');
  expect(await desk.entries()).toMatchObject([{ reason: 'emergency', severity: 'critical' }]);
  expect(await desk.alerts()).toHaveLength(1);
  await call.hangUp();
});

test('a replay writes nothing and tells nobody; the hours of then count', async () => {
  const desk = await openFrontDesk();
  const entry = await helped(
    desk,
    ['Can I leave a message?', 'My crown came off, please call me.'],
    'Called back.',
  );
  const before = await desk.entry(entry.entry_id);
  desk.clock.advance('12h');
  const replay = await replayOf(desk, entry);
  expect(replay.turns.every(({ same }) => same)).toBe(true);
  expect(replay).toMatchObject({ would_escalate: true, now: { reason: 'message_left' } });
  expect(await desk.entry(entry.entry_id)).toEqual(before);
  expect(await desk.alerts()).toEqual([]);
});
