/** For the tests beside it: an application that answers the simulated Twilio's webhooks. */
import { onTestFinished } from 'vitest';
import { type Answer, type ReceivedRequest, startLoopback } from '../servers/loopback.ts';
import type { ThreadOptions } from './texts.ts';
import { createTwilio, type TwilioOptions } from './twilio.ts';

export interface Asked extends ReceivedRequest {
  /** The fields of the form, or of the query of a GET. */
  form: Record<string, string>;
}

type Twiml = `<${string}`;

export interface TestApp {
  origin: string;
  asked: Asked[];
}

/** A string is answered as TwiML, by path (without its query); what is not there is 404. It closes with the test. */
export async function startApp(
  replies: Record<string, Twiml | Answer | ((asked: Asked) => Twiml | Answer)>,
): Promise<TestApp> {
  const asked: Asked[] = [];
  const app = await startLoopback({
    port: 0,
    answer: (request) => {
      const { pathname, search } = new URL(request.path, 'http://app');
      const form = Object.fromEntries(new URLSearchParams(request.method === 'GET' ? search : request.body));
      const one = { ...request, form };
      asked.push(one);
      const reply = replies[pathname] ?? { status: 404, body: 'nothing here' };
      const answer = typeof reply === 'function' ? reply(one) : reply;
      return isTwiml(answer) ? twiml(answer) : answer;
    },
  });
  onTestFinished(app.close);
  return { origin: app.origin, asked };
}

function isTwiml(answer: Twiml | Answer): answer is Twiml {
  return typeof answer === 'string' && answer.startsWith('<');
}

export function twiml(body: string | Buffer, contentType = 'text/xml; charset=utf-8'): Answer {
  return { status: 200, headers: { 'content-type': contentType }, body };
}

export const CALLER = '+14155550123';
export const BUSINESS = '+15005550006';
export const AUTH_TOKEN = '12345678901234567890123456789012';

export const ACCOUNT_SID = 'AC0123456789abcdef0123456789abcdef';

export function callApp(app: TestApp, options: Partial<TwilioOptions> = {}) {
  return twilioFor(app, options).placeCall({ from: CALLER, to: BUSINESS });
}

export function textApp(
  app: TestApp,
  thread: Partial<ThreadOptions> = {},
  options: Partial<TwilioOptions> = {},
) {
  return twilioFor(app, options).openTexts({ from: CALLER, to: BUSINESS, ...thread });
}

function twilioFor({ origin }: TestApp, options: Partial<TwilioOptions>) {
  return createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    voiceUrl: `${origin}/voice`,
    messageUrl: `${origin}/message`,
    ...options,
  });
}
