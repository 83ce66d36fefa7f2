/** The account's phone numbers. https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
import { createHash } from 'node:crypto';
import { rfc2822 } from '../caller/parameters.ts';
import { API, bySid, PAGING, pageOf, type TwilioAccount, type TwilioRoute } from './twilio-account.ts';
import { TwilioRefusal } from './twilio-errors.ts';

/** What can be set, as it is sent and as it is shown. */
const SETTINGS = {
  FriendlyName: 'friendly_name',
  VoiceUrl: 'voice_url',
  VoiceMethod: 'voice_method',
  VoiceFallbackUrl: 'voice_fallback_url',
  VoiceFallbackMethod: 'voice_fallback_method',
  VoiceApplicationSid: 'voice_application_sid',
  TrunkSid: 'trunk_sid',
  StatusCallback: 'status_callback',
  StatusCallbackMethod: 'status_callback_method',
  SmsUrl: 'sms_url',
  SmsMethod: 'sms_method',
  SmsFallbackUrl: 'sms_fallback_url',
  SmsFallbackMethod: 'sms_fallback_method',
  SmsApplicationSid: 'sms_application_sid',
} as const;

type Setting = keyof typeof SETTINGS;

export type NumberSettings = Readonly<Partial<Record<Setting, string>>>;

export type TwilioNumber = {
  sid: string;
  account_sid: string;
  phone_number: string;
  capabilities: { voice: boolean; sms: boolean; mms: boolean; fax: boolean };
  status: 'in-use';
  api_version: '2010-04-01';
  date_created: string;
  date_updated: string;
  uri: string;
} & Record<(typeof SETTINGS)[Setting], string | null>;

export const NUMBER_ROUTES: Readonly<Record<string, TwilioRoute>> = {
  'GET IncomingPhoneNumbers': {
    params: ['PhoneNumber', 'FriendlyName', ...PAGING],
    answer: ({ params }, { sid, numbers }) => {
      const wanted = params.get('PhoneNumber') ?? '';
      const name = params.get('FriendlyName');
      const found = numbers.filter(
        ({ phone_number, friendly_name }) =>
          matches(wanted, phone_number) && (name === null || name === friendly_name),
      );
      return pageOf('incoming_phone_numbers', `${API}/${sid}/IncomingPhoneNumbers.json`, found, params);
    },
  },
  'GET IncomingPhoneNumbers/{sid}': {
    params: [],
    answer: ({ sid }, { numbers }) => ({ status: 200, body: bySid(numbers, sid) }),
  },
  'POST IncomingPhoneNumbers/{sid}': {
    params: Object.keys(SETTINGS),
    answer: ({ sid, params }, { numbers, now }) => {
      const number = bySid(numbers, sid);
      configureNumber(number, Object.fromEntries(params), now());
      return { status: 200, body: { ...number } };
    },
  },
};

export function createNumber(
  phone_number: string,
  { sid, now }: Pick<TwilioAccount, 'sid' | 'now'>,
): TwilioNumber {
  const created = rfc2822(now());
  const numberSid = `PN${createHash('md5').update(phone_number).digest('hex')}`;
  return {
    sid: numberSid,
    account_sid: sid,
    phone_number,
    friendly_name: phone_number,
    capabilities: { voice: true, sms: true, mms: true, fax: false },
    voice_url: '',
    voice_method: 'POST',
    voice_fallback_url: '',
    voice_fallback_method: 'POST',
    voice_application_sid: null,
    trunk_sid: null,
    status_callback: '',
    status_callback_method: 'POST',
    sms_url: '',
    sms_method: 'POST',
    sms_fallback_url: '',
    sms_fallback_method: 'POST',
    sms_application_sid: null,
    status: 'in-use',
    api_version: '2010-04-01',
    date_created: created,
    date_updated: created,
    uri: `${API}/${sid}/IncomingPhoneNumbers/${numberSid}.json`,
  };
}

/** What is not a setting is left alone. @throws TwilioRefusal for a bad value, and then nothing is changed */
export function configureNumber(number: TwilioNumber, settings: NumberSettings, now: number): void {
  const changes = Object.entries(settings).filter((entry): entry is [Setting, string] =>
    Object.hasOwn(SETTINGS, entry[0]),
  );
  for (const [name, value] of changes) refuseBadValue(name, value);
  for (const [name, value] of changes) {
    const shown = SETTINGS[name];
    number[shown] = value === '' && name.endsWith('Sid') ? null : value;
    // A number has one master: a trunk takes it from its application, and the other way round.
    if (name === 'TrunkSid' && value !== '') number.voice_application_sid = null;
    if (name === 'VoiceApplicationSid' && value !== '') number.trunk_sid = null;
  }
  number.date_updated = rfc2822(now);
}

function refuseBadValue(name: Setting, value: string): void {
  if (/(Url|Callback)$/.test(name) && value !== '' && !(/^https?:\/\//i.test(value) && URL.canParse(value)))
    throw new TwilioRefusal(21402, value);
  if (name.endsWith('Method') && !['GET', 'POST'].includes(value)) throw new TwilioRefusal(21403, value);
}

/** A part of a number fits too, and `*` stands for any digit. */
function matches(wanted: string, number: string): boolean {
  const pattern = wanted.replace(/[^\d*]/g, '').replaceAll('*', '\\d');
  return new RegExp(pattern).test(number);
}
