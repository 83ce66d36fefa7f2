/** Alert calls as Twilio tells of them, and TwiML for the answer. */
import type { AlertAnswer, AlertCall, AlertLine } from './alert-line.ts';
import { accountIn, first, queryOf, readCount } from './twilio-fields.ts';
import { farewellResponse, keyResponse } from './twiml.ts';

const ALERT_PATH = '/twilio/voice/alert';
const STATUS_PATH = '/twilio/status/call';

const ANSWERS: ReadonlyMap<string, AlertAnswer> = new Map([
  ['', 'nothing'],
  ['1', 'acknowledge'],
  ['2', 'pass_on'],
]);

/** The statuses in which a call ends. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ['completed', 'hung up without a choice'],
  ['busy', 'busy'],
  ['failed', 'could not be reached'],
  ['no-answer', 'no answer'],
  ['canceled', 'the call was cancelled'],
]);

export function createTwilioAlertLine({
  publicUrl,
}: {
  /** What Twilio was given, without a slash at the end. */
  publicUrl: string;
}): AlertLine {
  const answerUrl = ({ delivery_id, others, said }: AlertCall) => {
    const query = new URLSearchParams({ delivery: delivery_id });
    if (others > 0) query.set('others', String(others));
    if (said > 0) query.set('said', String(said));
    return `${publicUrl}${ALERT_PATH}?${query}`;
  };
  return {
    readTurn(request, fields) {
      const query = queryOf(request);
      const delivery_id = query.get('delivery');
      if (!delivery_id) return null;
      return {
        delivery_id,
        account_id: accountIn(fields),
        others: readCount(query.get('others')),
        said: readCount(query.get('said')),
        answer: ANSWERS.get(first(fields, 'Digits')) ?? 'unknown',
      };
    },

    readEnd(request, fields) {
      const delivery_id = queryOf(request).get('delivery');
      const how = ENDS.get(first(fields, 'CallStatus'));
      if (!delivery_id || how === undefined) return null;
      return { delivery_id, account_id: accountIn(fields), how };
    },

    render: ({ say, voice, next }) =>
      next === null ? farewellResponse(say, voice) : keyResponse(say, { voice, actionUrl: answerUrl(next) }),

    answerUrl,
    statusUrl: (delivery_id) =>
      `${publicUrl}${STATUS_PATH}?${new URLSearchParams({ delivery: delivery_id })}`,
  };
}
