import { describe, expect, it } from 'vitest';
import type { CallToPlace, Sent, TextToSend } from '../texts/twilio-rest.ts';
import { createTwilioAlertLine } from '../webhooks/twilio-alert-line.ts';
import { createCallAlerter, createTextAlerter } from './phone.ts';
import { alertText, spokenAlert, spokenHandOver } from './phone-words.ts';
import { anAlert, anEntry, listed, NORTHSIDE } from './test-alert.ts';

const account = { sid: 'AC1', token: 'secret' };
const line = createTwilioAlertLine({ publicUrl: 'https://phone.example.com' });

function callerFor(sent: Sent, { phoneNumber = undefined as string | undefined, known = true } = {}) {
  const calls: CallToPlace[] = [];
  const placeCall = async (call: CallToPlace) => {
    calls.push(call);
    return sent;
  };
  const accountOf = () => (known ? account : null);
  return { calls, alerter: createCallAlerter({ placeCall, line, accountOf, phoneNumber }) };
}

const SENT: Sent = { outcome: 'sent', provider_id: 'CA1' };

describe('an alert call', () => {
  it('rings the person, and knows which alert it is about', async () => {
    const { alerter, calls } = callerFor(SENT);
    expect(await alerter.alert(anAlert({ others: listed(3) }))).toEqual({ reference: 'CA1' });
    expect(calls).toEqual([
      {
        account,
        sender: '+15005550006',
        recipient: '+14155550199',
        answerUrl: 'https://phone.example.com/twilio/voice/alert?delivery=dl_1&others=3',
        statusUrl: 'https://phone.example.com/twilio/status/call?delivery=dl_1',
      },
    ]);
  });

  it('comes from TWILIO_PHONE_NUMBER, which a subaccount does not own', async () => {
    const { alerter, calls } = callerFor(SENT, { phoneNumber: '+15005550007' });
    await alerter.alert(anAlert());
    const tenant = { ...NORTHSIDE, twilio_account_sid: 'AC2' };
    await alerter.alert(anAlert({ told: { entry: anEntry(), tenant, round: 1 } }));
    expect(calls.map(({ sender }) => sender)).toEqual(['+15005550007', '+15005550006']);
  });

  it.each<[string, Sent, object]>([
    [
      'is tried again where Twilio asks to wait',
      { outcome: 'postponed', why: 'Twilio answered 429', retryAfterSeconds: 3 },
      { retryable: true, unclear: false, retryAfterSeconds: 3 },
    ],
    [
      'is not known to have rung where no answer came',
      { outcome: 'unclear', why: 'Twilio answered 500' },
      { unclear: true },
    ],
    [
      'says what to mend',
      { outcome: 'refused', why: 'Twilio answered 400 (21210)', code: 21210 },
      { retryable: false, message: expect.stringContaining('TWILIO_PHONE_NUMBER') },
    ],
  ])('%s', async (_what, sent, expected) => {
    await expect(callerFor(sent).alerter.alert(anAlert())).rejects.toMatchObject(expected);
  });

  it.each([
    ['the account', callerFor(SENT, { known: false }), anAlert(), /TWILIO_ACCOUNT_SID/],
    [
      'a subaccount',
      callerFor(SENT, { known: false }),
      anAlert({ told: { entry: anEntry(), tenant: { ...NORTHSIDE, twilio_account_sid: 'AC2' }, round: 1 } }),
      /AC2 in TWILIO_ACCOUNTS/,
    ],
    [
      'a number to call from',
      callerFor(SENT),
      anAlert({ told: { entry: anEntry(), tenant: { ...NORTHSIDE, numbers: [] }, round: 1 } }),
      /TWILIO_PHONE_NUMBER/,
    ],
    [
      'a number to call',
      callerFor(SENT),
      anAlert({ person: { user: 'lex', phone: null, slack_user_id: null } }),
      /lex has no phone number/,
    ],
  ])('is not placed without %s', async (_what, { alerter, calls }, alert, message) => {
    await expect(alerter.alert(alert)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(calls).toEqual([]);
  });

  it('tells a mailbox nothing that the caller said', () => {
    const told = { entry: anEntry(), tenant: NORTHSIDE, round: 1 };
    expect(spokenAlert(told, 3)).toEqual([
      'This is the receptionist of Northside Dental with a critical alert.',
      'A caller is on the line.',
      'The caller complains.',
      'And 3 more callers wait.',
    ]);
  });

  it('tells whoever took it how to go on', () => {
    expect(spokenHandOver(anEntry(), 1)).toEqual([
      'Thank you. You have it.',
      'The entry ends in 4 F 2.',
      "The caller's number is 4 1 5, 5 5 5, 0 1 2 3.",
      'They said: I want my money back',
      '1 more caller waits.',
      'Goodbye.',
    ]);
    const silent = anEntry({ caller: null, context: { transcript: [] } });
    expect(spokenHandOver(silent, 0)).toHaveLength(3);
  });
});

describe('an alert by text', () => {
  it('is one text, with no status to come back', async () => {
    const texts: TextToSend[] = [];
    const sendText = async (text: TextToSend): Promise<Sent> => {
      texts.push(text);
      return { outcome: 'sent', provider_id: 'SM1' };
    };
    const alerter = createTextAlerter({ sendText, accountOf: () => account, phoneNumber: undefined });
    expect(await alerter.alert(anAlert())).toEqual({ reference: 'SM1' });
    expect(texts).toEqual([
      {
        account,
        sender: '+15005550006',
        recipient: '+14155550199',
        body: 'Critical: Northside Dental: caller complains: a crown fell out. adminctl fallback ack fb_014f2 --admin-user you',
        reportUrl: null,
      },
    ]);
  });

  it('keeps to 320 characters and its end', () => {
    const entry = anEntry({ reason_detail: 'word '.repeat(200), context: { simulated: true } });
    const text = alertText(anAlert({ told: { entry, tenant: NORTHSIDE, round: 1 }, others: listed(4) }));
    expect(text.length).toBeLessThanOrEqual(320);
    expect(text).toMatch(
      /\. And 4 more\. This is a simulation\. adminctl fallback ack fb_014f2 --admin-user you$/,
    );
  });
});
