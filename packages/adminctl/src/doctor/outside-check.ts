/** The way from Twilio and Slack to the daemon: its public address, and whether a signed request passes there. */
import { type Finding, fine, skipped, worrying, wrong } from '@receptionist/admin-api';
import type { Settings } from '../settings.ts';
import { isLocal } from '../twilio/office.ts';
import { attempt, failed } from './attempt.ts';
import { askHealth } from './health.ts';

export type OutsideCheck = 'request_url' | 'signature';

const NO_ACCOUNT = `AC${'0'.repeat(32)}`;

export async function checkOutside({
  settings,
  publicUrl,
  timeoutMs,
}: {
  settings: Settings;
  /** As the daemon knows it; null where it could not be asked. */
  publicUrl: string | null;
  timeoutMs: number;
}): Promise<Record<OutsideCheck, Finding>> {
  const named = settings.get('PUBLIC_URL')?.replace(/\/+$/, '') ?? null;
  const url = publicUrl ?? named;
  if (!url) {
    const unknown = skipped('Not looked at: PUBLIC_URL is not known here, and the daemon cannot be asked.');
    return { request_url: unknown, signature: unknown };
  }
  const health = await attempt(() => askHealth(url, timeoutMs));
  if ('failure' in health) {
    const request_url = wrong(
      health.failure.message,
      'Twilio and Slack do not reach the daemon: callers hear an error, presses in Slack fail.',
      'Set PUBLIC_URL at the daemon to the address of your proxy or tunnel (adminctl stack up --tunnel), and look at the way to it.',
    );
    return { request_url, signature: skipped('Not looked at: the public address cannot be reached.') };
  }
  return {
    request_url: judgeAddress(url, named),
    signature: await checkSignature(settings, { url, timeoutMs }),
  };
}

function judgeAddress(url: string, named: string | null): Finding {
  if (named && named !== url) {
    return wrong(
      `PUBLIC_URL is ${named} here, and ${url} at the daemon.`,
      'What is connected or signed for the one is refused by the other.',
      'Set both to the address that Twilio was given.',
    );
  }
  if (isLocal(url)) {
    return worrying(
      `The public address is ${url}.`,
      'It answers here, and Twilio and Slack cannot reach it.',
      'For real calls: adminctl stack up --tunnel, or set PUBLIC_URL at the daemon to that of your proxy.',
    );
  }
  return fine(`The daemon answers at ${url}.`);
}

/** The status of a call that nobody knows and that has not ended changes nothing. */
async function checkSignature(
  { get, secret }: Settings,
  { url, timeoutMs }: { url: string; timeoutMs: number },
): Promise<Finding> {
  const token = await attempt(() => secret('TWILIO_AUTH_TOKEN'));
  if ('failure' in token) return failed(token.failure, 'Nothing can be signed here as Twilio does.');
  if (!token.value)
    return skipped('Not looked at: TWILIO_AUTH_TOKEN is not set here, so nothing can be signed.');
  const { signForm } = await import('@receptionist/simulator/caller');
  const address = `${url}/twilio/status/call`;
  const params = {
    AccountSid: get('TWILIO_ACCOUNT_SID') ?? NO_ACCOUNT,
    CallSid: `CA${'0'.repeat(32)}`,
    CallStatus: 'ringing',
  };
  const headers = { 'x-twilio-signature': signForm(token.value, address, params) };
  const answer = await attempt(() =>
    fetch(address, {
      method: 'POST',
      headers,
      body: new URLSearchParams(params),
      signal: AbortSignal.timeout(timeoutMs),
    }),
  );
  return judgeSignature('value' in answer ? answer.value.status : null, address);
}

function judgeSignature(status: number | null, address: string): Finding {
  if (status !== null && status < 300) return fine(`A signed request to ${address} is accepted.`);
  if (status === 403) {
    return wrong(
      `A signed request to ${address} is refused (403).`,
      'The daemon has another TWILIO_AUTH_TOKEN or TWILIO_ACCOUNT_SID than is set here, or another PUBLIC_URL: it may refuse every call.',
      "Set all three to the same at the daemon and here; the token is the primary one of Twilio's console.",
    );
  }
  return wrong(
    `A signed request to ${address} was answered with ${status ?? 'nothing'}.`,
    'Something between Twilio and the daemon changes or holds back requests.',
    'Look at the proxy or tunnel, which must pass the path and the body as they are.',
  );
}
