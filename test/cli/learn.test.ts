/** Learning from a call: drafted, taught, proved by taking the call again. */
import { ROUTES } from '@receptionist/admin-api';
import { createTwilio } from '@receptionist/simulator/caller';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT_SID } from '../harness/credentials.ts';
import { AUTH_TOKEN, type Office, openOffice, type RunOptions } from './office.ts';

let office: Office;
let veneers: string;
beforeAll(async () => {
  office = await openOffice({ daemon: { TWILIO_ACCOUNT_SID: ACCOUNT_SID } });
  veneers = await askedFor(['Hi, do you do veneers?', 'Yes please']);
});
afterAll(() => office.close());

const fallback = (words: string[], options?: RunOptions) => office.adminctl(['fallback', ...words], options);

/** Somebody calls and says this; the id of the entry that it leads to. */
async function askedFor(said: string[]): Promise<string> {
  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    voiceUrl: `${office.url}/twilio/webhook`,
    statusCallbackUrl: `${office.url}/twilio/status/call`,
  });
  const call = await twilio.placeCall({ from: '+14155550123', to: '+15005550006' });
  for (const words of said) await call.say(words);
  await call.hangUp();
  for (;;) {
    const [entry] = (await office.api.call(ROUTES.listEntries, { query: { limit: 1 } })).items;
    if (entry) return entry.entry_id;
  }
}

test('an entry that nobody has resolved teaches nothing yet', async () => {
  const { code, err } = await fallback(['learn', veneers, '--yes']);
  expect(code).toBe(5);
  expect(err).toContain(`${veneers} is open. Resolve it first`);
});

test('a replay shows what was said then and now, and why a person is needed', async () => {
  const { code, out, err } = await fallback(['replay', veneers]);
  expect(code).toBe(0);
  expect(out).toContain('2  caller: Hi, do you do veneers?\n    both  ');
  expect(out).toContain(
    'It would still escalate. At turn 3 ("Yes please"): nobody has told the receptionist an answer to "Hi, do you do veneers?"',
  );
  expect(err).toMatch(/^Next: adminctl fallback learn \w+$/);
});

test('the draft can be looked at, and a script that says nothing about it is told what to say', async () => {
  await office.api.call(ROUTES.resolveEntry, {
    params: { entry_id: veneers },
    body: { notes: 'Called her back: veneers are 900 dollars a tooth' },
  });
  const draft = await fallback(['learn', veneers, '--dry-run']);
  expect(draft).toMatchObject({ code: 0, err: '' });
  expect(draft.out.split('\n')).toEqual([
    't1 would learn an answer:',
    '  question  Do you do veneers?',
    '  answer    Veneers are 900 dollars a tooth.',
  ]);
  const silent = await fallback(['learn', veneers]);
  expect(silent.code).toBe(2);
  expect(silent.err).toContain('--answer TEXT or --phrase TEXT');
});

test('a question that would take others is refused with a sentence', async () => {
  const { code, err } = await fallback(['learn', veneers, '--question', 'what', '--answer', 'Yes.']);
  expect(code).toBe(2);
  expect(err).toContain('"what" holds no word by which it could be told from anything else');
});

test('what is learned is proved at once, and answers the next caller', async () => {
  const { code, out, err } = await fallback(['learn', veneers, '--yes', '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    learned: true,
    lesson: { kind: 'answer', question: 'Do you do veneers?', answer: 'Veneers are 900 dollars a tooth.' },
    replay: { would_escalate: false, now: null },
  });
  const replay = await fallback(['replay', veneers]);
  expect(replay.out).toContain('    now*  Veneers are 900 dollars a tooth.');
  expect(replay.out).toContain('It would not escalate any more.');
});

test('the same question is not learned twice', async () => {
  const { code, err } = await fallback(['learn', veneers, '--answer', 'No.']);
  expect(code).toBe(5);
  expect(err).toContain('"Do you do veneers?" has an answer already');
});

test('where a person is always needed nothing is learned, and it is said why', async () => {
  const person = await askedFor(['Can I speak to a person?']);
  await office.api.call(ROUTES.resolveEntry, {
    params: { entry_id: person },
    body: { notes: 'Said thanks.' },
  });
  const { code, out, err } = await fallback(['learn', person, '--yes']);
  expect(code).toBe(0);
  expect(err).toContain('Nothing is learned. caller_asked_for_human goes to a person');
  expect(out).toContain('the caller asks for a person, which always escalates');
});

test('all of a time are replayed: by reason, with what changed; what has no conversation is left out', async () => {
  const byHand = await office.entry();
  const { code, out } = await fallback(['replay', '--since', '7d']);
  expect(code).toBe(0);
  expect(out).toMatch(/^caller_asked_for_human +1 +1$/m);
  expect(out).toMatch(/^no_answer_found +1 +0$/m);
  expect(out).toContain('2 escalated then, 1 would now; 1 could not be replayed');
  const summary = JSON.parse((await fallback(['replay', '--since', '7d', '--tenant', 't1', '--json'])).out);
  expect(summary.items).toHaveLength(2);
  expect(summary.skipped).toMatchObject([{ entry_id: byHand, error: { code: 'invalid_transition' } }]);
});

test('an entry that was filed by hand has nothing to replay', async () => {
  const [entry] = (await office.api.call(ROUTES.listEntries, {})).items;
  const { code, err } = await fallback(['replay', entry?.entry_id ?? '']);
  expect(code).toBe(5);
  expect(err).toContain('was filed by hand: there is no conversation to replay');
});

test.each([[[]], [['7k2m9q', '--since', '7d']], [['--tenant', 't1']], [['--since', 'soon']]])(
  'replay %j is wrong usage',
  async (words) => {
    expect((await fallback(['replay', ...words])).code).toBe(2);
  },
);
