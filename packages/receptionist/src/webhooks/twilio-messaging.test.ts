import { describe, expect, it } from 'vitest';
import { createTwilioMessaging } from './twilio-messaging.ts';

const messaging = createTwilioMessaging({ publicUrl: 'https://phone.example.com' });

const request = (path = '/twilio/webhook') => ({
  path,
  headers: { 'i-twilio-idempotency-token': ['token-1'] },
  body: Buffer.alloc(0),
});
const fields = (form: Record<string, string>) =>
  new Map(Object.entries(form).map(([name, value]) => [name, [value]]));
const read = (form: Record<string, string>) =>
  messaging.readText(
    request(),
    fields({ MessageSid: 'SM1', From: '+14155550123', To: '+15005550006', ...form }),
  );

describe('a text that came in', () => {
  it('is read, with its channel', () => {
    expect(read({ Body: 'hello', AccountSid: 'AC1', NumMedia: '0', FromCity: 'OAKLAND' })).toEqual({
      message_id: 'SM1',
      account_id: 'AC1',
      channel: 'sms',
      sender: '+14155550123',
      caller: '+14155550123',
      called: '+15005550006',
      request_token: 'token-1',
      text: 'hello',
      media: [],
      keyword: null,
      simulated: false,
      details: { from_city: 'OAKLAND', message_sid: 'SM1' },
    });
    const whatsapp = { From: 'whatsapp:+14155550123', To: 'whatsapp:+15005550006', ProfileName: 'Ann' };
    expect(read(whatsapp)).toMatchObject({
      channel: 'whatsapp',
      sender: '+14155550123',
      caller: '+14155550123',
      called: '+15005550006',
      details: { profile_name: 'Ann' },
    });
  });

  it.each(['72345', 'BANK', 'whatsapp:nobody', ''])('has no caller where it came from %j', (From) => {
    expect(read({ From })?.caller).toBeNull();
  });

  it('keeps 1,600 characters, masked', () => {
    expect(read({ Body: '😀'.repeat(1_600) })?.text).toHaveLength(3_200);
    expect(read({ Body: 'card 4242424242424242' })?.text).toBe('card [card number]');
  });

  it.each(['-1', 'many', '1e9', ''])('has few media, whatever NumMedia says: %j', (NumMedia) => {
    expect(read({ NumMedia })?.media.length).toBeLessThanOrEqual(10);
  });

  it('knows what Twilio took for a keyword', () => {
    expect(read({ OptOutType: 'STOP' })?.keyword).toBe('stop');
    expect(read({ OptOutType: 'toString' })?.keyword).toBeNull();
  });

  it('is none without an id', () => {
    expect(read({ MessageSid: '' })).toBeNull();
  });
});

describe('what became of a text of ours', () => {
  const report = (form: Record<string, string>, query = '') =>
    messaging.readReport(request(`/twilio/status/message${query}`), fields({ MessageSid: 'SM1', ...form }));

  it('is read with what we had put into the address', () => {
    expect(report({ MessageStatus: 'undelivered', ErrorCode: '30006' }, '?text=tx_1')).toMatchObject({
      provider_id: 'SM1',
      status: 'undelivered',
      error_code: 30006,
      text_id: 'tx_1',
      conversation_id: null,
    });
    expect(report({ SmsStatus: 'sent', ErrorCode: 'x' }, '?conversation=cv_1')).toMatchObject({
      status: 'sent',
      error_code: null,
      conversation_id: 'cv_1',
    });
  });

  it.each([{ MessageStatus: 'toString' }, { MessageStatus: '' }, { MessageSid: '', MessageStatus: 'sent' }])(
    'is nothing that we know: %j',
    (form) => {
      expect(report(form)).toBeNull();
    },
  );
});

it('answers with messages that report to us, or with none', () => {
  expect(messaging.render(['a & b'], 'cv_1')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Response><Message action="https://phone.example.com/twilio/status/message?conversation=cv_1" method="POST">a &amp; b</Message></Response>',
  );
  expect(messaging.render([], 'cv_1')).toContain('<Response/>');
});
