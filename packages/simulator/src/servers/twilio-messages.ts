/** Outgoing messages. https://www.twilio.com/docs/messaging/api/message-resource */
import { randomBytes } from 'node:crypto';
import { isPhoneNumber } from '@receptionist/core';
import { DELIVERY_ERRORS, type DeliveryErrorCode, type MessageStatus } from '../caller/delivery.ts';
import { isWhatsApp, segmentsIn } from '../caller/message-parameters.ts';
import { rfc2822 } from '../caller/parameters.ts';
import { LONGEST_BODY } from '../caller/replies.ts';
import { API, bySid, type TwilioAccount, type TwilioRoute } from './twilio-account.ts';
import { TwilioRefusal, type TwilioRestCode } from './twilio-errors.ts';

export interface TwilioMessage {
  sid: string;
  account_sid: string;
  from: string;
  to: string;
  body: string;
  status: MessageStatus;
  error_code: DeliveryErrorCode | null;
  error_message: string | null;
  num_media: string;
  num_segments: string;
  direction: 'outbound-api';
  messaging_service_sid: null;
  price: null;
  price_unit: 'USD';
  api_version: '2010-04-01';
  date_created: string;
  date_updated: string;
  date_sent: string | null;
  uri: string;
  subresource_uris: { media: string };
}

/** A message, and where its statuses are to be told. */
export interface MessageOrder {
  message: TwilioMessage;
  statusCallback: string | null;
}

/** Twilio's numbers for trying its errors: https://www.twilio.com/docs/iam/test-credentials */
const MAGIC_SENDERS: Readonly<Record<string, TwilioRestCode>> = {
  '+15005550001': 21212,
  '+15005550007': 21606,
  '+15005550008': 21611,
};
const MAGIC_RECIPIENTS: Readonly<Record<string, TwilioRestCode>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};

export const MESSAGE_ROUTES: Readonly<Record<string, TwilioRoute>> = {
  'POST Messages': {
    params: ['To', 'From', 'Body', 'MediaUrl', 'StatusCallback'],
    answer: ({ params }, account) => {
      const order = readOrder(params, account);
      account.messages.push(order.message);
      account.traffic.carry(order);
      return { status: 201, body: { ...order.message } };
    },
  },
  'GET Messages/{sid}': {
    params: [],
    answer: ({ sid }, { messages }) => ({ status: 200, body: bySid(messages, sid) }),
  },
};

export function moveMessage(
  message: TwilioMessage,
  status: MessageStatus,
  code: DeliveryErrorCode | null,
  now: number,
): void {
  Object.assign(message, {
    status,
    error_code: code,
    error_message: code && DELIVERY_ERRORS[code],
    date_updated: rfc2822(now),
    ...(status === 'sent' ? { date_sent: rfc2822(now) } : {}),
  });
}

/** @throws TwilioRefusal, in the order in which Twilio looks */
function readOrder(params: URLSearchParams, account: TwilioAccount): MessageOrder {
  const to = required(params, 'To', 21604);
  const from = required(params, 'From', 21603);
  const body = params.get('Body') ?? '';
  const media = params.getAll('MediaUrl');
  if (body === '' && media.length === 0) throw new TwilioRefusal(21602);
  if (body.length > LONGEST_BODY) throw new TwilioRefusal(21617);
  refuseRecipient(to, account.refusals);
  refuseSender(from, account);
  if (isWhatsApp(from) !== isWhatsApp(to)) throw new TwilioRefusal(21910);
  return {
    message: createMessage({ from, to, body, media }, account),
    statusCallback: readStatusCallback(params),
  };
}

function required(params: URLSearchParams, name: string, code: TwilioRestCode): string {
  const value = params.get(name);
  if (!value) throw new TwilioRefusal(code);
  return value;
}

function refuseRecipient(to: string, refusals: TwilioAccount['refusals']): void {
  const number = numberIn(to);
  const code = refusals[number] ?? MAGIC_RECIPIENTS[number];
  if (code) throw new TwilioRefusal(code, to, { excused: true });
  if (!isPhoneNumber(number)) throw new TwilioRefusal(21211, to);
}

function refuseSender(from: string, { numbers }: TwilioAccount): void {
  const number = numberIn(from);
  const code = MAGIC_SENDERS[number];
  if (code) throw new TwilioRefusal(code, from, { excused: true });
  if (!numbers.some(({ phone_number }) => phone_number === number)) throw new TwilioRefusal(21606, from);
}

/** Without the channel's name in front. */
export function numberIn(address: string): string {
  return address.replace(/^whatsapp:/, '');
}

function readStatusCallback(params: URLSearchParams): string | null {
  const url = params.get('StatusCallback');
  if (!url) return null;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw new TwilioRefusal(21609, url);
  return url;
}

function createMessage(
  content: { from: string; to: string; body: string; media: readonly string[] },
  account: TwilioAccount,
): TwilioMessage {
  const { media, ...words } = content;
  const sid = `${media.length > 0 ? 'MM' : 'SM'}${randomBytes(16).toString('hex')}`;
  const created = rfc2822(account.now());
  return {
    sid,
    account_sid: account.sid,
    ...words,
    status: 'queued',
    error_code: null,
    error_message: null,
    num_media: String(media.length),
    num_segments: String(segmentsIn(content)),
    direction: 'outbound-api',
    messaging_service_sid: null,
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    date_created: created,
    date_updated: created,
    date_sent: null,
    uri: `${API}/${account.sid}/Messages/${sid}.json`,
    subresource_uris: { media: `${API}/${account.sid}/Messages/${sid}/Media.json` },
  };
}
