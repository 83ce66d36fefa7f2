/** Texts as Twilio tells of them, and TwiML for the answer. */
import { callerNumber, isTextStatus, type Keyword, type Medium } from '@receptionist/core';
import type { Messaging } from './messaging.ts';
import type { Fields } from './telephony.ts';
import { first, fromCaller, queryOf, readDetails } from './twilio-fields.ts';
import { messageResponse } from './twiml.ts';

const REPORT_PATH = '/twilio/status/message';

/** Of one text: Twilio's 1,600 characters are all kept, however many units they take. */
const TEXT_LIMIT = 4_000;
const ADDRESS_LIMIT = 500;
/** Twilio passes on no more. */
const MOST_MEDIA = 10;

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

export function createTwilioMessaging({
  publicUrl,
}: {
  /** What Twilio was given, without a slash at the end. */
  publicUrl: string;
}): Messaging {
  return {
    readText({ headers }, fields) {
      const message_id = first(fields, 'MessageSid');
      if (!message_id) return null;
      const from = fromCaller(first(fields, 'From'));
      return {
        message_id,
        account_id: first(fields, 'AccountSid') || null,
        channel: from.startsWith('whatsapp:') ? 'whatsapp' : 'sms',
        // Two who do not say who they are are not the same.
        sender: withoutChannel(from) || message_id,
        caller: callerNumber(from),
        called: withoutChannel(first(fields, 'To').trim()),
        request_token: headers['i-twilio-idempotency-token']?.[0] ?? null,
        text: fromCaller(first(fields, 'Body'), TEXT_LIMIT),
        media: readMedia(fields),
        keyword: KEYWORDS.get(first(fields, 'OptOutType')) ?? null,
        simulated: first(fields, 'Simulated') === 'true',
        details: { ...readDetails(fields), message_sid: message_id },
      };
    },

    readReport(request, fields) {
      const provider_id = first(fields, 'MessageSid');
      const status = first(fields, 'MessageStatus') || first(fields, 'SmsStatus');
      if (!provider_id || !isTextStatus(status)) return null;
      const query = queryOf(request);
      return {
        provider_id,
        account_id: first(fields, 'AccountSid') || null,
        status,
        error_code: readCode(first(fields, 'ErrorCode')),
        text_id: query.get('text'),
        conversation_id: query.get('conversation'),
        sender: withoutChannel(first(fields, 'From')),
        recipient: withoutChannel(first(fields, 'To')),
      };
    },

    render: (texts, conversation_id) =>
      messageResponse(
        texts,
        conversation_id && `${publicUrl}${REPORT_PATH}?conversation=${encodeURIComponent(conversation_id)}`,
      ),

    reportUrl: (text_id) => `${publicUrl}${REPORT_PATH}?text=${encodeURIComponent(text_id)}`,
  };
}

function withoutChannel(address: string): string {
  return address.replace(/^whatsapp:/, '');
}

function readMedia(fields: Fields): Medium[] {
  const count = Math.min(Number.parseInt(first(fields, 'NumMedia'), 10) || 0, MOST_MEDIA);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => ({
    content_type: fromCaller(first(fields, `MediaContentType${index}`)) || 'unknown',
    url: fromCaller(first(fields, `MediaUrl${index}`), ADDRESS_LIMIT),
  }));
}

function readCode(text: string): number | null {
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}
