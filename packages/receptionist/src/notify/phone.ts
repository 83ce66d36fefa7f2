/** Alerts by text and by call. Each is one request at most: where it is not known whether it arrived, the next step covers. */
import type { PhoneNumber, Tenant } from '@receptionist/core';
import type { PlaceCall, SendText, Sent, TwilioAccount } from '../texts/twilio-rest.ts';
import type { AlertLine } from '../webhooks/alert-line.ts';
import { type Alert, type Alerter, NotifyError } from './notifier.ts';
import { alertText } from './phone-words.ts';

interface Telephone {
  /** Null: nobody can be called or texted in the name of the tenant. */
  accountOf: (tenant: Tenant) => TwilioAccount | null;
  /** Where alerts come from; undefined: each from a number of its tenant. */
  phoneNumber: PhoneNumber | undefined;
}

export function createTextAlerter({ sendText, ...telephone }: Telephone & { sendText: SendText }): Alerter {
  return {
    async alert(alert) {
      const connection = connect(alert, telephone);
      return referenceOf(await sendText({ ...connection, body: alertText(alert), reportUrl: null }));
    },
  };
}

export function createCallAlerter({
  placeCall,
  line,
  ...telephone
}: Telephone & { placeCall: PlaceCall; line: Pick<AlertLine, 'answerUrl' | 'statusUrl'> }): Alerter {
  return {
    async alert(alert) {
      const { delivery_id, others } = alert;
      const connection = connect(alert, telephone);
      const answerUrl = line.answerUrl({ delivery_id, others: others.length, said: 0 });
      return referenceOf(
        await placeCall({ ...connection, answerUrl, statusUrl: line.statusUrl(delivery_id) }),
      );
    },
  };
}

function connect(
  { person, told: { tenant } }: Alert,
  { accountOf, phoneNumber }: Telephone,
): { account: TwilioAccount; sender: PhoneNumber; recipient: PhoneNumber } {
  const account = accountOf(tenant);
  if (account === null) throw misconfigured(`${accountSetting(tenant)} must be set to reach people by phone`);
  const sender = senderFor(tenant, phoneNumber);
  if (sender === undefined)
    throw misconfigured(
      `${tenant.tenant_id} has no number to call from: set TWILIO_PHONE_NUMBER, or give it one with \`adminctl number add\``,
    );
  if (!person?.phone)
    throw misconfigured(
      `${person?.user ?? 'nobody'} has no phone number any more: see \`adminctl oncall show\``,
    );
  return { account, sender, recipient: person.phone };
}

/** A subaccount owns its own numbers alone. */
function senderFor(
  { twilio_account_sid, numbers }: Tenant,
  phoneNumber: PhoneNumber | undefined,
): PhoneNumber | undefined {
  return twilio_account_sid === null ? (phoneNumber ?? numbers[0]) : numbers[0];
}

function accountSetting({ twilio_account_sid }: Tenant): string {
  return twilio_account_sid === null
    ? 'TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN'
    : `The token of ${twilio_account_sid} in TWILIO_ACCOUNTS`;
}

function misconfigured(message: string): NotifyError {
  return new NotifyError(message, { retryable: false });
}

function referenceOf(sent: Sent): { reference: string } {
  switch (sent.outcome) {
    case 'sent':
      return { reference: sent.provider_id };
    case 'refused':
      throw misconfigured(`${sent.why}${remedyFor(sent.code)}`);
    case 'postponed':
      throw new NotifyError(sent.why, { retryable: true, retryAfterSeconds: sent.retryAfterSeconds });
    case 'unclear':
      throw new NotifyError(sent.why, { retryable: true, unclear: true });
  }
}

const SENDER = 'set TWILIO_PHONE_NUMBER to a number of that account that can call and text';
const RECIPIENT = 'correct the phone number with `adminctl oncall set`';
const COUNTRY = "allow the person's country under geographic permissions in Twilio's console";

/** https://www.twilio.com/docs/api/errors */
const REMEDIES: Readonly<Record<number, string>> = {
  21210: SENDER,
  21212: SENDER,
  21606: SENDER,
  21211: RECIPIENT,
  21214: RECIPIENT,
  21216: RECIPIENT,
  21217: RECIPIENT,
  21612: RECIPIENT,
  21614: RECIPIENT,
  21215: COUNTRY,
  21408: COUNTRY,
  21610: 'the person has opted out, and has to text START to that number',
};

function remedyFor(code: number | null): string {
  const remedy = code === null ? undefined : REMEDIES[code];
  return remedy === undefined ? '' : `: ${remedy}`;
}
