import { isDeepStrictEqual } from 'node:util';
import { maskSensitive } from '@receptionist/core';
import { northside } from '../harness/tenants.ts';
import type { Answer } from '../harness/wire.ts';
import { isFault, type Office, whyUnplayable } from './office.ts';
import { type PartResult, readRows } from './rows.ts';

/** In every field that takes text: no fault of ours, TwiML that plays; tenants and notes are read back too. */
export async function naughtyStrings(folder: string, office: Office): Promise<PartResult> {
  const strings = readRows<{ s: string }>(folder, 'blns').map(({ s }) => s);
  const entry_id = await makeEntry(office);
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  for (const text of strings) {
    const trials = [
      ...(await asTenant(office, text)),
      ...(await asEscalation(office, text, entry_id)),
      ...(await asCaller(office, text)),
      ...(await asAddress(office, text, entry_id)),
    ];
    for (const { field, found, counted } of trials) {
      if (counted) counts[counted] = (counts[counted] ?? 0) + 1;
      if (found) wrong.push(`${field} ${JSON.stringify(text)}: ${found}`);
    }
  }
  return {
    name: 'Naughty strings',
    rule: 'in every text field, query, path and spoken word: no fault of ours, TwiML plays, tenants and notes are read back equal',
    rows: strings.length,
    wrong,
    counts,
  };
}

interface Trial {
  field: string;
  /** What is wrong, or null. */
  found: string | null;
  counted?: 'read back equal' | 'answered 400';
}

async function asTenant(office: Office, text: string): Promise<Trial[]> {
  const tenant = northside({
    tenant_id: 't2',
    numbers: ['+15005550002'],
    name: text,
    greeting: text,
    facts: { note: text },
    answers: [{ question: text, answer: text }],
    services: [{ name: text, minutes: 30, price: null, capacity: 1, also: [text] }],
    slack_channel: text,
  });
  const put = await office.admin('PUT', '/admin/tenants/t2', tenant);
  if (![200, 201].includes(put.status ?? 0)) return [refusal('tenant', put)];
  const got = await office.admin('GET', '/admin/tenants/t2');
  const equal = isDeepStrictEqual(JSON.parse(got.body), tenant);
  const greeted = await office.twilio('/twilio/webhook', {
    CallSid: sid('CA'),
    From: '+14155550123',
    To: '+15005550002',
  });
  return [
    { field: 'tenant', ...readBack(equal, got.body) },
    { field: 'greeting', found: whyUnplayable(greeted) },
  ];
}

async function asEscalation(office: Office, text: string, entry_id: string): Promise<Trial[]> {
  const filed = await office.admin('POST', '/admin/tenants/t1/escalations', {
    caller: null,
    reason: 'complaint',
    reason_detail: text,
    context: { summary: text, slots: { [text]: text }, [`x${text}`]: text },
  });
  const noted = await office.admin('POST', `/admin/fallback/${entry_id}/note`, { text });
  const tagged = await office.admin('POST', `/admin/fallback/${entry_id}/tag`, { add: [text.slice(0, 64)] });
  const trials = [
    filed.status === 202 ? { field: 'escalation', found: null } : refusal('escalation', filed),
    tagged.status === 200 ? { field: 'tag', found: null } : refusal('tag', tagged),
  ];
  if (noted.status !== 200) return [...trials, refusal('note', noted)];
  const detail = JSON.parse(noted.body).timeline.at(-1).detail;
  return [...trials, { field: 'note', ...readBack(detail === maskSensitive(text), detail) }];
}

async function asCaller(office: Office, text: string): Promise<Trial[]> {
  const call = { CallSid: sid('CA'), From: '+14155550123', To: '+15005550006' };
  await office.twilio('/twilio/webhook', call);
  const requests: [field: string, path: string, fields: Record<string, string>][] = [
    ['SpeechResult', '/twilio/voice/turn?turn=2', { ...call, SpeechResult: text, Confidence: text }],
    ['Digits', '/twilio/voice/turn?turn=3', { ...call, Digits: text }],
    ['CallSid', '/twilio/webhook', { ...call, CallSid: `CA${text}`, From: text, CallerName: text }],
    ['Body', '/twilio/webhook', { From: call.From, To: call.To, MessageSid: sid('SM'), Body: text }],
    ['turn', `/twilio/voice/turn?turn=${encodeURIComponent(text)}`, call],
  ];
  const trials: Trial[] = [];
  for (const [field, path, fields] of requests)
    trials.push({ field, found: whyUnplayable(await office.twilio(path, fields)) });
  return trials;
}

async function asAddress(office: Office, text: string, entry_id: string): Promise<Trial[]> {
  const written = encodeURIComponent(text);
  const addresses = [
    ...['q', 'tag', 'assignee', 'cursor', 'limit', 'since', 'status', written].map(
      (name) => `/admin/fallback?${name}=${written}`,
    ),
    `/admin/audit?target=${written}`,
    `/admin/tenants/${written}`,
    `/admin/tenants/t1/flags/${written}`,
    `/admin/tenants/t1/conversations/${written}`,
    `/admin/fallback/${written}`,
    `/admin/fallback/${entry_id}/${written}`,
    `/${written}`,
  ];
  const trials: Trial[] = [];
  for (const address of addresses) trials.push(refusal(address, await office.admin('GET', address)));
  return trials;
}

function readBack(equal: boolean, read: string): Pick<Trial, 'found' | 'counted'> {
  return equal
    ? { found: null, counted: 'read back equal' }
    : { found: `read back as ${read.slice(0, 300)}` };
}

/** Whatever it says, as long as it is no fault of ours. */
function refusal(field: string, answer: Answer): Trial {
  const found = isFault(answer) ? `${answer.status ?? answer.failure}` : null;
  return { field, found, ...(answer.status === 400 ? { counted: 'answered 400' } : {}) };
}

async function makeEntry(office: Office): Promise<string> {
  const { body } = await office.admin('POST', '/admin/tenants/t1/escalations', {
    caller: null,
    reason: 'complaint',
  });
  const { event_id } = JSON.parse(body);
  for (;;) {
    const { entry_id } = JSON.parse((await office.admin('GET', `/admin/events/${event_id}`)).body);
    if (entry_id) return entry_id;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function sid(prefix: string): string {
  return prefix + crypto.randomUUID().replaceAll('-', '');
}
