import { signForm } from '@receptionist/simulator/caller';
import { expect, test } from 'vitest';
import { AUTH_TOKEN, CALLER, type FrontDesk, openFrontDesk } from '../harness/front-desk.ts';

const ADDRESS = 'Northside Dental: We are at 12 Harbor Street, Oakland, California.';

async function askForText(desk: FrontDesk, from = CALLER) {
  const call = await desk.ring(from);
  await call.say('Where are you located?');
  await call.say('Can you text me that?');
  return call;
}

/** Twilio reports on a text, as it was told to at `path`. */
async function report(desk: FrontDesk, path: string, params: Record<string, string>): Promise<number> {
  const url = `${desk.url}${path}`;
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(params),
    headers: { 'X-Twilio-Signature': signForm(AUTH_TOKEN, url, params) },
  });
  return answer.status;
}

test('a caller gets in writing what was said', async () => {
  const desk = await openFrontDesk();
  const call = await askForText(desk);
  expect(call.heard.join(' ')).toContain('I am texting it to the number you are calling from.');
  await call.say('and text me your opening hours please');
  await call.hangUp();
  const [address, hours] = (await desk.sentTexts()).sort((a, b) => (a.body < b.body ? -1 : 1));
  expect(address).toMatchObject({ to: CALLER, from: '+15005550006', body: ADDRESS, status: 'delivered' });
  expect(hours?.body).toMatch(/^Northside Dental: We are open Monday/);
  expect(await desk.entries()).toEqual([]);
});

test('who withheld their number, or wants no texts, hears why, and the answer once more', async () => {
  const desk = await openFrontDesk();
  const withheld = await askForText(desk, 'anonymous');
  expect(withheld.heard.join(' ')).toMatch(
    /Your number is withheld, so I can't text you\. .*12 Harbor Street/,
  );
  await desk.text().send('STOP');
  const optedOut = await askForText(desk);
  expect(optedOut.heard.join(' ')).toMatch(/I can't text that number\. .*12 Harbor Street/);
  expect(await desk.sentTexts()).toEqual([]);
});

test('who has no account to send from does not promise a text', async () => {
  const desk = await openFrontDesk({ settings: { TWILIO_ACCOUNT_SID: '' } });
  expect((await askForText(desk)).heard.join(' ')).toContain("I can't text that number");
});

test('a text to a landline comes back to a person, once', async () => {
  const desk = await openFrontDesk({
    twilioRest: { deliveries: { [CALLER]: { status: 'undelivered', errorCode: 30006 } } },
  });
  await (await askForText(desk)).hangUp();
  expect(await desk.sentTexts()).toHaveLength(1);

  expect(await desk.alerts()).toHaveLength(1);
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({
    reason: 'text_undelivered',
    reason_detail: 'landline: 30006',
    severity: 'standard',
    channel: 'voice',
  });
  const { context } = await desk.entry(entry?.entry_id ?? '');
  expect(context.summary).toContain('12 Harbor Street');
  expect(context.call_sid).toMatch(/^CA/);
});

test('an answer to a text that does not arrive comes back to a person', async () => {
  const desk = await openFrontDesk();
  const thread = desk.text({ deliver: { status: 'failed', errorCode: 30034 } });
  await thread.send('When are you open?');
  await thread.send('Hello?');
  expect(await desk.alerts()).toHaveLength(1);
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({
    reason: 'text_undelivered',
    reason_detail: 'our number is not registered for texting: 30034',
    severity: 'standard',
    channel: 'sms',
  });
});

test('Twilio refuses at once: the recipient has opted out, which is remembered', async () => {
  const desk = await openFrontDesk({ twilioRest: { refusals: { [CALLER]: 21610 } } });
  const call = await askForText(desk);
  expect(await desk.alerts()).toHaveLength(1);
  expect(await desk.entries()).toMatchObject([
    { reason: 'text_undelivered', reason_detail: 'opted out: 21610' },
  ]);
  await call.say('Could you text me that again?');
  expect(call.heard.join(' ')).toContain("I can't text that number");
});

test('Twilio asks to wait: the text leaves when it may', async () => {
  const desk = await openFrontDesk();
  desk.twilioRest.fail({ mode: 'rate_limited', retryAfter: 30 });
  await (await askForText(desk)).hangUp();
  expect(await desk.sentTexts()).toEqual([]);
  desk.clock.advance('29s');
  expect(await desk.sentTexts()).toEqual([]);
  desk.clock.advance('1s');
  expect(await desk.sentTexts()).toMatchObject([{ body: ADDRESS }]);
});

test.each(['refuse', 'http_500', 'html'] as const)(
  '%s leaves open whether it was sent: it is not sent again, and a person is told',
  async (mode) => {
    const desk = await openFrontDesk();
    desk.twilioRest.fail({ mode });
    await (await askForText(desk)).hangUp();
    expect(await desk.sentTexts()).toEqual([]);
    expect(await desk.alerts()).toEqual([]);
    desk.clock.advance('2m');
    expect(await desk.alerts()).toHaveLength(1);
    expect(await desk.entries()).toMatchObject([
      { reason: 'text_undelivered', reason_detail: 'it is not known whether it was sent' },
    ]);
    expect(desk.twilioRest.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  },
);

test('no answer, but it was sent: what Twilio tells of it afterwards settles it', async () => {
  const desk = await openFrontDesk();
  desk.twilioRest.fail({ mode: 'hang_but_accept' });
  await (await askForText(desk)).hangUp();
  expect(await desk.sentTexts()).toHaveLength(1);
  desk.clock.advance('10m');
  expect(await desk.alerts()).toEqual([]);
});

test('reports come out of order and more than once, and of what is not ours', async () => {
  const desk = await openFrontDesk();
  await (await askForText(desk)).hangUp();
  const [text] = await desk.sentTexts();
  const ours = { MessageSid: text?.sid ?? '', AccountSid: text?.account_sid ?? '', From: '', To: '' };
  for (const MessageStatus of ['sent', 'undelivered', 'queued', 'failed', 'nonsense'])
    expect(await report(desk, '/twilio/status/message', { ...ours, MessageStatus })).toBe(204);
  const foreign = { MessageSid: 'SM0', MessageStatus: 'undelivered', ErrorCode: '30003' };
  for (const path of ['', '?text=tx_0', '?conversation=cv_0'])
    expect(await report(desk, `/twilio/status/message${path}`, foreign)).toBe(204);
  // It was delivered, and nothing that was told later takes that back.
  expect(await desk.alerts()).toEqual([]);
});
