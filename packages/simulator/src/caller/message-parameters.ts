/**
 * The fields of message webhooks and of their status callbacks.
 * https://www.twilio.com/docs/messaging/guides/webhook-request
 */
import { place } from './parameters.ts';

export interface MessageIdentity {
  accountSid: string;
  messageSid: string;
  /** With `whatsapp:` in front where it is one. */
  from: string;
  to: string;
}

/** A photo or the like. */
export interface Media {
  url: string;
  contentType: string;
}

export interface IncomingMessage extends MessageIdentity {
  body: string;
  media: readonly Media[];
}

export function incomingParameters(message: IncomingMessage): Record<string, string> {
  const { body, media, from, to } = message;
  return {
    ...identityParameters(message),
    SmsMessageSid: message.messageSid,
    SmsStatus: 'received',
    Body: body,
    NumMedia: String(media.length),
    NumSegments: String(segmentsIn(message)),
    ...Object.fromEntries(media.flatMap(mediaParameters)),
    ...(isWhatsApp(from) ? whatsAppParameters(message) : { ...place('From', from), ...place('To', to) }),
  };
}

export function deliveryParameters(
  message: MessageIdentity,
  status: string,
  errorCode: number | null,
): Record<string, string> {
  return {
    ...identityParameters(message),
    MessageStatus: status,
    SmsStatus: status,
    ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
  };
}

export function isWhatsApp(address: string): boolean {
  return address.startsWith('whatsapp:');
}

function identityParameters({ accountSid, messageSid, from, to }: MessageIdentity): Record<string, string> {
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    MessageSid: messageSid,
    SmsSid: messageSid,
    From: from,
    To: to,
  };
}

function mediaParameters({ url, contentType }: Media, index: number): [string, string][] {
  return [
    [`MediaUrl${index}`, url],
    [`MediaContentType${index}`, contentType],
  ];
}

function whatsAppParameters({ from, media }: { from: string; media: readonly Media[] }) {
  const kind = media[0]?.contentType.split('/', 1)[0] ?? 'text';
  return { ProfileName: 'Simulated', WaId: from.replace(/\D/g, ''), MessageType: kind };
}

/** https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding */
const GSM_7 = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const TAKES_TWO = /[\^{}\\[~\]|€]/g;

/** How many SMS the text takes; 1 for what is no SMS. */
export function segmentsIn({
  from,
  body,
  media,
}: {
  from: string;
  body: string;
  media: readonly unknown[];
}): number {
  if (isWhatsApp(from) || media.length > 0) return 1;
  const plain = GSM_7.test(body);
  const units = plain ? body.length + (body.match(TAKES_TWO)?.length ?? 0) : body.length;
  const [alone, joined] = plain ? [160, 153] : [70, 67];
  return units <= alone ? 1 : Math.ceil(units / joined);
}
