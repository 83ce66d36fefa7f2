import { describe, expect, it } from 'vitest';
import { DEFAULT_VOICE } from './telephony.ts';
import { createTwilioHandOffLine } from './twilio-hand-off-line.ts';

const line = createTwilioHandOffLine({ publicUrl: 'https://phone.example.com' });

/** What Twilio sends to an address of ours. */
function asked(address: string, fields: Record<string, string> = {}) {
  const path = address.replace('https://phone.example.com', '');
  const all = { CallSid: 'CA2', AccountSid: 'AC1', ...fields };
  const lists = new Map(Object.entries(all).map(([name, value]) => [name, [value]]));
  return [{ path, headers: {}, body: Buffer.alloc(0) }, lists] as const;
}

const LEG = line.answerUrl('lg_1');

describe('a leg', () => {
  it.each([
    ['', 'nothing'],
    ['1', 'take'],
    ['2', 'decline'],
    ['9', 'unknown'],
    ['11', 'unknown'],
  ] as const)('key %j: %s', (Digits, answer) => {
    expect(line.readLeg(...asked(LEG, { Digits }))).toEqual({
      ...{ leg_id: 'lg_1', said: 0, offer: 'caller' },
      ...{ account_id: 'AC1', provider_id: 'CA2', answer },
    });
  });

  it.each([
    ['completed', 'hung_up'],
    ['canceled', 'hung_up'],
    ['busy', 'busy'],
    ['no-answer', 'no_answer'],
    ['failed', 'failed'],
  ])('that is %s: %s', (CallStatus, how) => {
    expect(line.readEnd(...asked(line.statusUrl('lg_1'), { CallStatus }))).toMatchObject({ how });
  });

  it('is none without its name, and has not ended while it goes on', () => {
    expect(line.readLeg(...asked('/twilio/voice/hand-off/leg'))).toBeNull();
    expect(line.readEnd(...asked('/twilio/voice/hand-off/leg-status', { CallStatus: 'busy' }))).toBeNull();
    expect(line.readEnd(...asked(line.statusUrl('lg_1'), { CallStatus: 'ringing' }))).toBeNull();
  });

  it('is asked by keys alone, and remembers how often', () => {
    const call = { leg_id: 'lg_1', said: 2, offer: 'call_back' as const };
    const document = line.render({ say: ['Press 1.'], voice: DEFAULT_VOICE, next: { action: 'ask', call } });
    expect(document).toContain('<Gather input="dtmf"');
    const action = /action="([^"]*)"/.exec(document)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(line.readLeg(...asked(action))).toMatchObject(call);
  });

  it('enters the room as the one who begins it, and ends it by leaving', () => {
    const next = { action: 'join', leg_id: 'lg_1', room: 't:t1:CA1' } as const;
    const document = line.render({ say: [], voice: DEFAULT_VOICE, next });
    expect(document).toMatch(
      /<Dial action="[^"]*leg-ended\?leg=lg_1" method="POST"><Conference [^>]*>t:t1:CA1</,
    );
    for (const attribute of ['startConferenceOnEnter="true"', 'endConferenceOnExit="true"', 'beep="false"'])
      expect(document).toContain(attribute);
  });

  it("rings the caller with the tenant's number", () => {
    const numbers = { caller: '+14155550123', number: '+15005550006' };
    const next = { action: 'call_back', leg_id: 'lg_1', ...numbers } as const;
    const document = line.render({ say: [], voice: DEFAULT_VOICE, next });
    expect(document).toMatch(/<Dial callerId="\+15005550006"[^>]*><Number [^>]*>\+14155550123<\/Number>/);
  });
});

describe('a call back', () => {
  it.each([
    [{ DialCallStatus: 'completed', CallStatus: 'in-progress' }, 'answered'],
    [{ DialCallStatus: 'busy', CallStatus: 'in-progress' }, 'busy'],
    [{ DialCallStatus: 'no-answer', CallStatus: 'completed' }, 'no_answer'],
    [{ DialCallStatus: 'canceled', CallStatus: 'completed' }, 'failed'],
    [{ CallStatus: 'in-progress' }, 'answered'],
  ])('%o: %s', (fields, outcome) => {
    expect(line.readCallBack(...asked('/x?leg=lg_1', fields))).toMatchObject({ leg_id: 'lg_1', outcome });
  });
});

describe('a room', () => {
  const read = (fields: Record<string, string>) =>
    line.readRoom(asked('/x', { FriendlyName: 't:t1:CA1', ...fields })[1]);

  it.each([
    [{ StatusCallbackEvent: 'participant-join', CallSid: 'CA1' }, 'caller_comes'],
    [{ StatusCallbackEvent: 'conference-start' }, 'begins'],
    [
      { StatusCallbackEvent: 'participant-leave', CallSid: 'CA1', ParticipantCallStatus: 'completed' },
      'caller_hung_up',
    ],
  ])('%o: %s', (fields, what) => {
    expect(read(fields)).toEqual({ call_id: 'CA1', account_id: 'AC1', what });
  });

  it.each([
    ['of somebody else', { FriendlyName: 'lobby', StatusCallbackEvent: 'participant-join', CallSid: 'CA1' }],
    ['that a person comes into', { StatusCallbackEvent: 'participant-join', CallSid: 'CA2' }],
    [
      'that is left for elsewhere',
      { StatusCallbackEvent: 'participant-leave', CallSid: 'CA1', ParticipantCallStatus: 'in-progress' },
    ],
    ['with a stranger', { StatusCallbackEvent: 'participant-join' }],
  ])('%s tells nothing', (_what, fields) => {
    expect(read(fields)).toBeNull();
  });
});

describe('a wait', () => {
  it('begins with music, and speaks in the voice that the address names', () => {
    const [request] = asked('/twilio/voice/hand-off/wait?voice=alice&language=en-GB');
    expect(line.renderWait(request, 'caller')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Play>https://phone.example.com/audio/hold-music.wav</Play><Say voice="alice" language="en-GB">Please stay on the line, I am still trying to reach someone.</Say></Response>',
    );
  });

  it('takes a caller from the receptionist into the room, and back again at the turn that was expected', () => {
    const url = line.bringUrl({ turn: 4, room: 't:t1:CA1', voice: DEFAULT_VOICE });
    const document = line.renderBring(asked(url)[0]);
    expect(document).toContain('I have someone for you now.');
    expect(document).toContain('/twilio/voice/hand-off/returned?turn=4"');
    expect(document).toMatch(/startConferenceOnEnter="false"[^>]*>t:t1:CA1</);
  });

  it('can be played whatever the address says', () => {
    const [request] = asked('/twilio/voice/hand-off/bring');
    expect(line.renderBring(request)).toContain('<Hangup/>');
  });
});
