/** V3 webhooks: what PagerDuty tells of its incidents. https://developer.pagerduty.com/docs/webhooks-overview */
import { createHmac, randomUUID } from 'node:crypto';
import type { PagerDutyIncident, PagerDutyUser } from './pagerduty-incidents.ts';
import type { WebhookCall } from './webhook-sender.ts';

export type WebhookEventType =
  | 'incident.triggered'
  | 'incident.acknowledged'
  | 'incident.resolved'
  | 'pagey.ping';

/** Who did it: a person, or what came through the Events API. */
export type Agent = { person: PagerDutyUser } | 'events_api' | null;

const API = 'https://api.pagerduty.com';
const SITE = 'https://simulated.pagerduty.com';

/** The header's value: a signature for each secret. https://developer.pagerduty.com/docs/verifying-webhook-signatures */
export function signPagerDuty(body: string, secret: string | readonly string[]): string {
  return [secret]
    .flat()
    .map((one) => `v1=${createHmac('sha256', one).update(body, 'utf8').digest('hex')}`)
    .join(',');
}

export function signedWebhook(
  event: object,
  { url, secret }: { url: string; secret: string | readonly string[] },
): WebhookCall {
  const body = JSON.stringify({ event });
  return {
    url,
    body,
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'PagerDuty-Webhook/V3.0',
      'x-pagerduty-signature': signPagerDuty(body, secret),
      'x-webhook-id': randomUUID(),
      'x-webhook-subscription': 'PSIMSUB',
    },
  };
}

export function incidentEvent(
  event_type: Exclude<WebhookEventType, 'pagey.ping'>,
  incident: PagerDutyIncident,
  { agent, now, client }: { agent: Agent; now: number; client: string | null },
): object {
  return {
    ...eventBase(event_type, 'incident', now),
    agent: agentReference(agent),
    client: client === null ? null : { name: client },
    data: incidentData(incident),
  };
}

export function pingEvent(now: number): object {
  return {
    ...eventBase('pagey.ping', 'pagey', now),
    agent: null,
    client: null,
    data: { message: 'Hello from your friend Pagey!', type: 'ping' },
  };
}

function eventBase(event_type: WebhookEventType, resource_type: string, now: number) {
  const id = `01${randomUUID().replaceAll('-', '').slice(0, 24).toUpperCase()}`;
  return { id, event_type, resource_type, occurred_at: new Date(now).toISOString() };
}

function agentReference(agent: Agent) {
  if (agent === null) return null;
  if (agent === 'events_api')
    return reference('events_api_v2_inbound_integration_reference', 'services/PSIMSVC/integrations', {
      ...{ id: 'PSIMINT', name: 'Events API v2' },
    });
  return reference('user_reference', 'users', agent.person);
}

function incidentData({ id, number, status, dedup_key, title, urgency, ...rest }: PagerDutyIncident) {
  const at = `incidents/${id}`;
  const { created_at, acknowledged_by } = rest;
  return {
    ...{ id, type: 'incident', self: `${API}/${at}`, html_url: `${SITE}/${at}`, number, status },
    incident_key: dedup_key,
    created_at,
    title,
    service: reference('service_reference', 'services', { id: 'PSIMSVC', name: 'Human fallback' }),
    assignees: acknowledged_by ? [reference('user_reference', 'users', acknowledged_by)] : [],
    escalation_policy: reference('escalation_policy_reference', 'escalation_policies', {
      ...{ id: 'PSIMPOL', name: 'Default' },
    }),
    teams: [],
    priority: null,
    urgency,
    conference_bridge: null,
    resolve_reason: null,
  };
}

function reference(type: string, folder: string, { id, name }: { id: string; name: string }) {
  const at = `${folder}/${id}`;
  return { html_url: `${SITE}/${at}`, id, self: `${API}/${at}`, summary: name, type };
}
