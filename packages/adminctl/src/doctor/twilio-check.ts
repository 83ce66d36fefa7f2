/** The account at Twilio, and where it sends the calls of the tenants' numbers. */
import { type Finding, fine, skipped, worrying, wrong } from '@receptionist/admin-api';
import type { PhoneNumber, Tenant } from '@receptionist/core';
import type { Settings } from '../settings.ts';
import { type TwilioNumber, twilioRest } from '../twilio/rest.ts';
import { independentFallback, isSameAddress, numberSettings, overriddenBy } from '../twilio/webhooks.ts';
import { type Attempt, attempt, failed } from './attempt.ts';

export type TwilioCheck = 'twilio_credentials' | 'number_webhooks' | 'number_fallback';

/** Twilio takes so many questions at once; whoever has more numbers looks at them in its console. */
const MOST_NUMBERS = 25;

interface Looked {
  number: PhoneNumber;
  at: Attempt<TwilioNumber | null>;
}

/** What the daemon knows of its numbers. */
export interface Site {
  publicUrl: string;
  tenants: Tenant[];
}

export async function checkTwilio({
  settings,
  site,
  timeoutMs,
}: {
  settings: Settings;
  /** Null where the daemon could not be asked. */
  site: Site | null;
  timeoutMs: number;
}): Promise<Record<TwilioCheck, Finding>> {
  const twilio_credentials = await checkCredentials(settings, timeoutMs);
  if (twilio_credentials.status !== 'ok')
    return { twilio_credentials, ...notLookedAt('Twilio cannot be asked.') };
  if (!site) return { twilio_credentials, ...notLookedAt('the daemon cannot be asked for its numbers.') };
  return { twilio_credentials, ...(await checkNumbers(site, settings, timeoutMs)) };
}

type NumberFindings = Record<Exclude<TwilioCheck, 'twilio_credentials'>, Finding>;

function notLookedAt(why: string): NumberFindings {
  const finding = skipped(`Not looked at: ${why}`);
  return { number_webhooks: finding, number_fallback: finding };
}

async function checkNumbers(
  { tenants, publicUrl }: Site,
  settings: Settings,
  timeoutMs: number,
): Promise<NumberFindings> {
  const numbers = tenants.flatMap(({ numbers, twilio_account_sid: subaccount }) =>
    numbers.map((number) => ({ number, subaccount })),
  );
  if (numbers.length === 0) return noNumbers();
  const looked = await Promise.all(
    numbers.slice(0, MOST_NUMBERS).map(async ({ number, subaccount }) => ({
      number,
      at: await attempt(() => twilioRest(settings, { timeoutMs, subaccount }).number(number)),
    })),
  );
  const webhooks = looked.map((each) => checkWebhooks(each, publicUrl));
  const fallbacks = await Promise.all(looked.map((each) => checkFallback(each, publicUrl, timeoutMs)));
  return {
    number_webhooks: gravest(webhooks, numbers.length),
    number_fallback: gravest(fallbacks, numbers.length),
  };
}

async function checkCredentials(settings: Settings, timeoutMs: number): Promise<Finding> {
  const account = await attempt(() => twilioRest(settings, { timeoutMs }).account());
  if ('value' in account) {
    const { friendly_name, status } = account.value;
    if (status === 'active') return fine(`Twilio knows the account "${friendly_name}", which is active.`);
    return wrong(
      `The Twilio account is ${status}.`,
      'It takes no calls.',
      'Look at it in the console of Twilio.',
    );
  }
  const { code, message, hint } = account.failure;
  if (code === 'no_key')
    return worrying(message, 'The account and its numbers cannot be looked at from here.', hint ?? '');
  return failed(account.failure, 'Numbers cannot be connected, and texts of our own are not sent.');
}

function noNumbers(): NumberFindings {
  const number_webhooks = worrying(
    'No tenant has a number.',
    'Whoever calls hears that the number is not in service.',
    'adminctl tenant import docs/examples/t1.yaml, or adminctl number add NUMBER --tenant TENANT',
  );
  return { number_webhooks, number_fallback: skipped('No tenant has a number.') };
}

function checkWebhooks({ number, at }: Looked, publicUrl: string): Finding {
  const fix = `adminctl number connect ${number}`;
  if ('failure' in at) return failed(at.failure, `Where calls of ${number} go is not known.`);
  if (!at.value) {
    return wrong(
      `The Twilio account has no number ${number}.`,
      'Nobody reaches the tenant by it.',
      `Buy it, take the account that has it, or: adminctl number remove ${number}`,
    );
  }
  const overrides = overriddenBy(at.value);
  if (overrides.length > 0)
    return wrong(
      `${number}: ${overrides.join('; ')}.`,
      'Its own addresses count for nothing.',
      "Take that away from the number in Twilio's console.",
    );
  const wanted = numberSettings(publicUrl, null);
  const { voice_url, sms_url, status_callback } = at.value;
  if (!isSameAddress(voice_url, wanted.voice_url))
    return wrong(
      `Calls of ${number} go to ${voice_url || 'nowhere'}.`,
      'The daemon never hears of them.',
      fix,
    );
  if (!isSameAddress(sms_url, wanted.sms_url))
    return wrong(`Texts of ${number} go to ${sms_url || 'nowhere'}.`, 'The daemon never hears of them.', fix);
  if (!isSameAddress(status_callback, wanted.status_callback))
    return worrying(
      `The statuses of calls of ${number} go to ${status_callback || 'nowhere'}.`,
      'That a caller has hung up is noticed late.',
      fix,
    );
  return fine(number);
}

async function checkFallback({ number, at }: Looked, publicUrl: string, timeoutMs: number): Promise<Finding> {
  const found = 'value' in at ? at.value : null;
  if (!found) return skipped(`Not looked at: ${number} was not found.`);
  const url = independentFallback(found, publicUrl);
  const fix = `adminctl number connect ${number} --fallback-file fallback.xml`;
  if (!url)
    return worrying(
      `${number} has no fallback that is hosted elsewhere.`,
      'While our site is down, its callers hear an application error.',
      fix,
    );
  const file = await attempt(async () =>
    (await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })).text(),
  );
  if ('value' in file && /<Response[\s>]/.test(file.value)) return fine(number);
  return wrong(
    `The fallback of ${number}, ${url}, ${'failure' in file ? 'cannot be reached' : 'is no TwiML'}.`,
    'While our site is down, its callers hear an application error.',
    `Host the file again: ${fix}`,
  );
}

/** The first of the gravest; where all are well, how many. */
function gravest(findings: Finding[], count: number): Finding {
  const first = (status: Finding['status']) => findings.find((each) => each.status === status);
  const looked = findings.length < count ? `the first ${findings.length} of ${count}` : `${count}`;
  return first('fail') ?? first('warn') ?? first('skipped') ?? fine(`Numbers looked at: ${looked}.`);
}
