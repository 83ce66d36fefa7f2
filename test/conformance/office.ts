/** The daemon that the vectors are sent to. */
import { mintToken, ROUTES } from '@receptionist/admin-api';
import { parseMessageTwiml, parseTwiml, signForm } from '@receptionist/simulator/caller';
import { signSlack } from '@receptionist/simulator/servers';
import { ACCOUNT_SID, ADMIN_KEY, AUTH_TOKEN, SLACK_SIGNING_SECRET } from '../harness/credentials.ts';
import type { Running } from '../harness/premises.ts';
import { northside } from '../harness/tenants.ts';
import { type Answer, openWire, type Wire } from '../harness/wire.ts';

export interface Office {
  wire: Wire;
  /** As an admin with a fresh token. `body` may be bytes, right or wrong. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  /** As Twilio, rightly signed. */
  twilio(path: string, fields: Record<string, string>): Promise<Answer>;
  /** As Slack, rightly signed: what somebody did. */
  slack(payload: object): Promise<Answer>;
  close(): void;
}

export async function openOffice({ url, admin }: Running): Promise<Office> {
  const wire = openWire(url);
  await admin.call(ROUTES.createTenant, { body: northside() });
  return {
    wire,
    async admin(method, path, body) {
      const token = await mintToken({ key: ADMIN_KEY, user: 'lex', now: new Date() });
      const json = body === undefined || Buffer.isBuffer(body) ? (body ?? null) : JSON.stringify(body);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return wire.ask({ method, path, headers, body: json });
    },
    twilio(path, fields) {
      const params = { ...fields, AccountSid: ACCOUNT_SID };
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signForm(AUTH_TOKEN, url + path, params),
      };
      return wire.ask({ method: 'POST', path, headers, body: new URLSearchParams(params).toString() });
    },
    slack(payload) {
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signSlack(body, SLACK_SIGNING_SECRET, timestamp),
      };
      return wire.ask({ method: 'POST', path: '/slack/interactions', headers, body });
    },
    close: wire.close,
  };
}

/** Why nobody could play or send it; null: somebody can. */
export function whyUnplayable({ status, failure, body }: Answer): string | null {
  if (status !== 200) return `${status ?? failure}`;
  const parse = body.includes('<Message') ? parseMessageTwiml : parseTwiml;
  try {
    parse(body);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A fault of ours: no answer, or one from 500 on. */
export function isFault({ status }: Answer): boolean {
  return status === null || status >= 500;
}
