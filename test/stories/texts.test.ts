import { ROUTES } from '@receptionist/admin-api';
import { sendSigned } from '@receptionist/simulator/caller';
import { expect, test } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN, CALLER, openFrontDesk } from '../harness/front-desk.ts';

const PHOTO = { url: 'https://api.twilio.com/media/ME1', contentType: 'image/jpeg' };

async function conversations(desk: Awaited<ReturnType<typeof openFrontDesk>>) {
  const params = { tenant_id: 't1' };
  const { items } = await desk.admin.all(ROUTES.listConversations, { params });
  return Promise.all(
    items.map(({ conversation_id }) =>
      desk.admin.call(ROUTES.getConversation, { params: { ...params, conversation_id } }),
    ),
  );
}

test('questions are answered in writing, in one conversation, and nobody is paged', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text();

  const [first = ''] = await thread.send('When are you open on Thursday?');
  expect(first).toMatch(/^This is the automated receptionist of Northside Dental\./);
  expect(first).toContain('1:30 PM to 7 PM');
  const [second = ''] = await thread.send('How much is a cleaning?');
  expect(second).toMatch(/^Cleaning is 120 dollars/);
  expect(`${first} ${second}`).not.toMatch(/press|zero|calling|on the line/i);

  expect(thread.problems).toEqual([]);
  expect(thread.replies.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  expect(await desk.entries()).toEqual([]);
  expect(await conversations(desk)).toMatchObject([
    { channel: 'sms', caller: '+14155550123', ended_at: null, turns: { length: 4 } },
  ]);
});

test('a wish for a person is told to one, who has time', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text({ channel: 'whatsapp' });
  expect(await thread.send('PERSON')).toEqual([
    expect.stringContaining('someone will call you back at (415) 555-0123'),
  ]);
  await thread.send('It is about the bill for my crown');

  const [alert] = await desk.alerts();
  expect(alert?.mentions).toEqual([]);
  expect(alert?.lines()).toContain('The caller wrote on WhatsApp.');
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({
    channel: 'whatsapp',
    caller: '+14155550123',
    severity: 'standard',
    reason: 'caller_asked_for_human',
  });
  const { context } = await desk.entry(entry?.entry_id ?? '');
  expect(context).toMatchObject({ live: false, call_sid: null });
  expect(context.transcript.map(({ text }) => text).join()).toContain('It is about the bill for my crown');
});

test('an emergency is one in writing too', async () => {
  const desk = await openFrontDesk();
  const [answer = ''] = await desk.text().send('my father cannot breathe');
  expect(answer).toContain('If anyone is in danger, call 911 now.');
  expect((await desk.alerts()).map(({ mentions }) => mentions)).toEqual([['here']]);
  expect(await desk.entries()).toMatchObject([{ reason: 'emergency', severity: 'critical' }]);
});

test('after a day of silence the conversation has ended, what was begun is passed on, and the next text begins another', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text({ from: 'anonymous' });
  await thread.send('Please tell Doctor Lee that my crown came off again');
  expect(await desk.entries()).toEqual([]);

  desk.clock.advance('23h');
  await thread.send('hm?');
  desk.clock.advance('24h');
  await desk.settle();
  expect(await desk.alerts()).toHaveLength(1);
  expect(await desk.entries()).toMatchObject([{ reason: 'message_left', caller: null }]);

  await thread.send('hello');
  expect(await conversations(desk)).toMatchObject([
    { ended_at: null, turns: { length: 2 } },
    { ended_at: '2026-11-26T17:00:00.000Z', outcome: 'message_taken', turns: { length: 4 } },
  ]);
});

test('a text that comes again is answered as before, and once', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text();
  const messageSid = `SM${'a'.repeat(32)}`;
  const first = await thread.send('PERSON', { messageSid });
  expect(await thread.send('PERSON', { messageSid })).toEqual(first);
  expect(await desk.alerts()).toHaveLength(1);
  expect(await conversations(desk)).toMatchObject([{ turns: { length: 2 } }]);
});

test('a text that comes three times at once is answered alike, and once', async () => {
  const desk = await openFrontDesk();
  const params = {
    MessageSid: `SM${'b'.repeat(32)}`,
    AccountSid: ACCOUNT_SID,
    From: CALLER,
    To: '+15005550006',
    Body: 'PERSON',
  };
  const url = `${desk.url}/twilio/webhook`;
  const send = () => sendSigned({ url, authToken: AUTH_TOKEN, params });
  const answers = await Promise.all([send(), send(), send()]);
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(await desk.alerts()).toHaveLength(1);
  expect(await conversations(desk)).toMatchObject([{ turns: { length: 2 } }]);
});

test('a photo is mentioned, never fetched, and shown to a person who is wanted', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text();
  const [answer = ''] = await thread.send('', { media: [PHOTO] });
  expect(answer).toContain("I can't open photos or files myself. Shall I have someone look at it");
  await thread.send('yes please');

  await desk.alerts();
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({ reason: 'no_answer_found', reason_detail: '[photo]' });
  const { context } = await desk.entry(entry?.entry_id ?? '');
  expect(context.transcript[0]?.text).toBe(`[photo image/jpeg ${PHOTO.url}]`);
});

test('card numbers are masked before anything sees them', async () => {
  const desk = await openFrontDesk();
  await desk.text().send('please charge 4242 4242 4242 4242');
  await desk.alerts();
  const kept = JSON.stringify([await conversations(desk), desk.log]);
  expect(kept).toContain('[card number]');
  expect(kept).not.toContain('4242');
});

test('an empty text is asked what it wants', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text();
  const [answer = ''] = await thread.send(' ');
  expect(answer).toContain('How can I help you?');
});

test.each(['STOP', 'stop.', 'Unsubscribe', 'CANCEL', 'quit'])(
  '%s: nothing more is sent until START, and a person is told all the same',
  async (word) => {
    const desk = await openFrontDesk();
    const thread = desk.text({ optOut: 'off' });
    expect(await thread.send(word)).toEqual([]);
    expect(await thread.send('I want to talk to a person')).toEqual([]);
    expect(await desk.alerts()).toHaveLength(1);

    expect(await thread.send('START')).toEqual([]);
    expect(await thread.send('When are you open on Thursday?')).toEqual([
      expect.stringContaining('1:30 PM to 7 PM'),
    ]);
    expect(thread.problems).toEqual([]);
  },
);

test('yes is an answer, unless it takes back a STOP', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text();
  await thread.send('Do you have a swimming pool?');
  expect((await thread.send('yes')).join()).toContain('I am alerting our team now');
  await desk.alerts();
});

test('what Twilio has answered is not answered again', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text({ optOut: 'advanced' });
  for (const word of ['STOP', 'START', 'HELP']) {
    expect(await thread.send(word)).toHaveLength(1);
    expect(thread.replies).toEqual([]);
  }
  expect(await conversations(desk)).toMatchObject([
    { turns: [{ text: 'STOP' }, { text: 'START' }, { text: 'HELP' }] },
  ]);
});

test('HELP says who answers and how to stop', async () => {
  const desk = await openFrontDesk();
  const [answer = ''] = await desk.text({ optOut: 'off' }).send('help');
  expect(answer).toMatch(/Northside Dental.*reply PERSON.*Reply STOP/s);
});

test('a short code and nonsense for a sender have no number to call back', async () => {
  const desk = await openFrontDesk();
  for (const from of ['72345', 'BANK', '']) {
    const [answer = ''] = await desk.text({ from }).send('PERSON');
    expect(answer).toContain('What number can we call you back on?');
  }
  expect((await desk.alerts()).length).toBe(2);
  desk.clock.advance('1s'); // the third may leave
  expect((await desk.alerts()).length).toBe(1);
  expect((await conversations(desk)).map(({ caller }) => caller)).toEqual([null, null, null]);
});
