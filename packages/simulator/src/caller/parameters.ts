/** The fields of voice webhooks and status callbacks: https://www.twilio.com/docs/voice/twiml#request-parameters */

export type Direction = 'inbound' | 'outbound-api' | 'outbound-dial';

export interface CallIdentity {
  accountSid: string;
  callSid: string;
  from: string;
  to: string;
  status: string;
  direction: Direction;
}

/** The base set, which comes with every request of a call. */
export function callParameters({
  accountSid,
  callSid,
  from,
  to,
  status,
  direction,
}: CallIdentity): Record<string, string> {
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallSid: callSid,
    CallStatus: status,
    Direction: direction,
    From: from,
    To: to,
    Caller: from,
    Called: to,
    ...place('From', from),
    ...place('To', to),
    ...place('Caller', from),
    ...place('Called', to),
    ...(direction === 'inbound' && isE164(from) ? { StirVerstat: 'TN-Validation-Passed-A' } : {}),
  };
}

/** What every status callback of a call adds; `sequence` counts those of the call from 0. */
export function statusParameters({
  now,
  sequence,
}: {
  now: number;
  sequence: number;
}): Record<string, string> {
  return {
    SequenceNumber: String(sequence),
    Timestamp: rfc2822(now),
    CallbackSource: 'call-progress-events',
  };
}

/** What the last status callback of a call adds to that: the seconds, and the minutes that are billed. */
export function durationParameters(seconds: number): Record<string, string> {
  return { CallDuration: String(seconds), Duration: String(Math.ceil(seconds / 60)) };
}

/** How Twilio writes an instant, given in epoch milliseconds. */
export function rfc2822(instant: number): string {
  return new Date(instant).toUTCString().replace('GMT', '+0000');
}

/** Twilio sends what it does not know as empty values. */
export function place(prefix: string, number: string): Record<string, string> {
  const country = isE164(number) && number.startsWith('+1') ? 'US' : '';
  return {
    [`${prefix}City`]: '',
    [`${prefix}State`]: '',
    [`${prefix}Zip`]: '',
    [`${prefix}Country`]: country,
  };
}

function isE164(number: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(number);
}
