import { isFault, type Office, whyUnplayable } from './office.ts';
import { type PartResult, readRows } from './rows.ts';

interface Payload {
  kind: string;
  encoding: string;
  params: Record<string, string>;
}

/** Where Twilio sends them, by how their kind begins. The rest are of what we do not use yet. */
const CONVERSATION: readonly [kind: string, path: string][] = [
  ['voice_incoming', '/twilio/webhook'],
  ['gather_', '/twilio/voice/turn?turn=2'],
  ['sms_incoming', '/twilio/webhook'],
];
const STATUS: readonly [kind: string, path: string][] = [
  ['voice_status', '/twilio/status/call'],
  ['sms_status', '/twilio/status/message'],
];

export async function twilioPayloads(folder: string, office: Office): Promise<PartResult> {
  const payloads = readRows<Payload>(folder, 'twilio_payloads').filter(({ encoding }) => encoding === 'form');
  const numbers = new Set(payloads.map(({ params }) => params.To).filter((to) => to !== undefined));
  await office.admin('PATCH', '/admin/tenants/t1', { numbers: ['+15005550006', ...numbers] });
  const results = await Promise.all(payloads.map((payload) => complaint(office, payload)));
  return {
    name: 'Twilio payloads',
    rule: 'signed, calls and texts get TwiML that the simulator can play, status callbacks 2xx, others no fault of ours',
    rows: payloads.length,
    wrong: results.filter((wrong) => wrong !== null),
  };
}

interface SlackPayload {
  kind: string;
  encoding: string;
  payload?: object;
  raw?: string;
}

/** None of them is a press of ours: each is answered so that Slack shows nobody a fault. */
export async function slackPayloads(folder: string, office: Office): Promise<PartResult> {
  const payloads = readRows<SlackPayload>(folder, 'slack_payloads').filter(
    ({ encoding, payload }) => encoding === 'form:payload' && payload,
  );
  const answers = await Promise.all(payloads.map(({ payload = {} }) => office.slack(payload)));
  const wrong = answers.map(({ status, failure }, index) =>
    status === 200 ? [] : [`${payloads[index]?.kind}: ${status ?? failure}`],
  );
  return {
    name: 'Slack payloads',
    rule: 'signed, what is not for us is answered with 200 and does nothing',
    rows: payloads.length,
    wrong: wrong.flat(),
  };
}

async function complaint(office: Office, { kind, params }: Payload): Promise<string | null> {
  const spoken = pathFor(CONVERSATION, kind);
  const told = pathFor(STATUS, kind);
  const answer = await office.twilio(spoken ?? told ?? '/twilio/webhook', params);
  const wrong = spoken
    ? whyUnplayable(answer)
    : isFault(answer) || (told && answer.status !== 204 && answer.status !== 200)
      ? `${answer.status ?? answer.failure}`
      : null;
  return wrong && `${kind}: ${wrong}`;
}

function pathFor(table: readonly [kind: string, path: string][], kind: string): string | undefined {
  return table.find(([beginning]) => kind.startsWith(beginning))?.[1];
}
