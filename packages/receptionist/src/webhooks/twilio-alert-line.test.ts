import { describe, expect, it } from 'vitest';
import { createTwilioAlertLine } from './twilio-alert-line.ts';

const line = createTwilioAlertLine({ publicUrl: 'https://phone.example.com' });
const voice = { mode: 'gather', voice: 'Polly.Joanna-Neural', language: 'en-US' } as const;

/** What Twilio sends to an address that we gave it. */
function asked(address: string, more: Record<string, string> = {}) {
  const { pathname, search } = new URL(address, 'https://phone.example.com');
  const fields = new Map(
    Object.entries({ AccountSid: 'AC1', ...more }).map(([name, value]) => [name, [value]]),
  );
  return [{ path: pathname + search, headers: {}, body: Buffer.alloc(0) }, fields] as const;
}

describe('an alert call at Twilio', () => {
  it.each([
    { delivery_id: 'dl_1', others: 0, said: 0 },
    { delivery_id: 'dl_2', others: 3, said: 2 },
  ])('comes back as what was asked: %o', (call) => {
    expect(line.readTurn(...asked(line.answerUrl(call)))).toEqual({
      ...call,
      account_id: 'AC1',
      answer: 'nothing',
    });
  });

  it.each([
    ['1', 'acknowledge'],
    ['2', 'pass_on'],
    ['', 'nothing'],
    ['9', 'unknown'],
    ['12', 'unknown'],
    ['constructor', 'unknown'],
  ])('takes the key %j for %s', (Digits, answer) => {
    const address = line.answerUrl({ delivery_id: 'dl_1', others: 0, said: 1 });
    expect(line.readTurn(...asked(address, { Digits }))?.answer).toBe(answer);
  });

  it('is none without a delivery', () => {
    expect(line.readTurn(...asked('/twilio/voice/alert'))).toBeNull();
    expect(line.readEnd(...asked('/twilio/status/call', { CallStatus: 'completed' }))).toBeNull();
  });

  it.each([
    ['no-answer', 'no answer'],
    ['busy', 'busy'],
    ['failed', 'could not be reached'],
    ['canceled', 'the call was cancelled'],
    ['completed', 'hung up without a choice'],
  ])('ends with %s', (CallStatus, how) => {
    const ended = line.readEnd(...asked(line.statusUrl('dl_1'), { CallStatus }));
    expect(ended).toEqual({ delivery_id: 'dl_1', account_id: 'AC1', how });
  });

  it.each(['ringing', 'in-progress', 'constructor', ''])('goes on with %j', (CallStatus) => {
    expect(line.readEnd(...asked(line.statusUrl('dl_1'), { CallStatus }))).toBeNull();
  });

  it('waits for one key and hears no words', () => {
    const document = line.render({
      say: ['Press 1.'],
      voice,
      next: { delivery_id: 'dl_1', others: 2, said: 1 },
    });
    expect(document).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf" action="https://phone.example.com/twilio/voice/alert?delivery=dl_1&amp;others=2&amp;said=1" method="POST" timeout="8" numDigits="1" actionOnEmptyResult="true"><Say voice="Polly.Joanna-Neural" language="en-US">Press 1.</Say></Gather></Response>',
    );
  });

  it('says goodbye and hangs up', () => {
    expect(line.render({ say: ['Goodbye.'], voice, next: null })).toContain(
      'Goodbye.</Say><Hangup/></Response>',
    );
  });
});
