import { createTwilioTelephony, refuseSlackRequest } from 'receptionistd';
import { type PartResult, readRows } from './rows.ts';

interface Vector {
  name: string;
  token: string;
  url: string;
  params: Record<string, string | string[]> | null;
  body: string | null;
  signature: string | null;
  valid: boolean;
}

export async function twilioSignatures(folder: string): Promise<PartResult> {
  const vectors = readRows<Vector>(folder, 'twilio_signature_vectors');
  return {
    name: 'Twilio signatures',
    rule: 'what is signed rightly is accepted, everything else refused',
    rows: vectors.length,
    wrong: vectors.filter((vector) => isAccepted(vector) !== vector.valid).map(({ name }) => name),
  };
}

function isAccepted({ token, url, params, body, signature }: Vector): boolean {
  const { origin } = new URL(url);
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const telephony = createTwilioTelephony({
    // As it was configured: with the credentials that some of them carry.
    publicUrl: start < 0 ? origin : url.slice(0, start),
    credentials: { accountSid: undefined, authTokens: [token], accounts: new Map() },
  });
  const type = body === null ? 'application/x-www-form-urlencoded' : 'application/json';
  const verdict = telephony.authenticate({
    path: start < 0 ? '/' : url.slice(start),
    headers: {
      'content-type': [type],
      ...(signature === null ? {} : { 'x-twilio-signature': [signature] }),
    },
    body: Buffer.from(body ?? formOf(params ?? {})),
  });
  return 'fields' in verdict;
}

function formOf(params: Record<string, string | string[]>): string {
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

interface SlackVector {
  name: string;
  secret: string;
  /** Epoch seconds, as it stands in the header. */
  timestamp: string | null;
  /** Epoch seconds. */
  now: number;
  body: string | null;
  signature: string | null;
  valid: boolean;
}

export async function slackSignatures(folder: string): Promise<PartResult> {
  const vectors = readRows<SlackVector>(folder, 'slack_signature_vectors');
  return {
    name: 'Slack signatures',
    rule: 'what is signed rightly, and within five minutes, is accepted, everything else refused',
    rows: vectors.length,
    wrong: vectors.filter((vector) => isFromSlack(vector) !== vector.valid).map(({ name }) => name),
  };
}

function isFromSlack({ secret, timestamp, now, body, signature }: SlackVector): boolean {
  const request = {
    timestamp: timestamp ?? undefined,
    signature: signature ?? undefined,
    body: Buffer.from(body ?? ''),
  };
  return refuseSlackRequest(request, secret, new Date(now * 1_000)) === null;
}
