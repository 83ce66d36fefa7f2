/** What the Events API takes and refuses. https://developer.pagerduty.com/docs/events-api-v2-overview */

export type EventAction = 'trigger' | 'acknowledge' | 'resolve';
export type PagerDutySeverity = 'critical' | 'error' | 'warning' | 'info';

export interface PagerDutyEvent {
  event_action: EventAction;
  dedup_key: string;
  /** Of a trigger; null for the others. */
  payload: PagerDutyPayload | null;
  client: string | null;
  client_url: string | null;
  links: readonly { href: string; text?: string }[];
}

export interface PagerDutyPayload {
  summary: string;
  source: string;
  severity: PagerDutySeverity;
  custom_details: unknown;
}

/** PagerDuty says no. */
export class PagerDutyRefusal extends Error {
  override readonly name = 'PagerDutyRefusal';
  readonly errors: readonly string[];

  constructor(message: string, errors: readonly string[]) {
    super(message);
    this.errors = errors;
  }
}

const ACTIONS: readonly unknown[] = ['trigger', 'acknowledge', 'resolve'];
const SEVERITIES: readonly unknown[] = ['critical', 'error', 'warning', 'info'];
const KEY_LENGTH = 32;
const LARGEST_BODY = 512 * 1024;
const LONGEST_SUMMARY = 1_024;
const LONGEST_DEDUP_KEY = 255;

/** `freshKey` names what came without a dedup_key. @throws PagerDutyRefusal */
export function readEvent(
  body: string,
  { routingKey, freshKey }: { routingKey: string; freshKey: () => string },
): PagerDutyEvent {
  const event = readBody(body);
  const errors = [...complaintsAboutEvent(event), ...complaintsAboutLinks(event)];
  if (errors.length > 0) throw new PagerDutyRefusal('Event object is invalid', errors);
  if (event.routing_key !== routingKey)
    throw new PagerDutyRefusal('Invalid routing key', ["'routing_key' belongs to no service"]);
  const { client, client_url, links, dedup_key, payload } = event;
  return {
    event_action: event.event_action as EventAction,
    dedup_key: typeof dedup_key === 'string' && dedup_key !== '' ? dedup_key : freshKey(),
    payload: event.event_action === 'trigger' ? readPayload(payload as Item) : null,
    client: typeof client === 'string' ? client : null,
    client_url: typeof client_url === 'string' ? client_url : null,
    links: Array.isArray(links) ? links : [],
  };
}

type Item = Readonly<Record<string, unknown>>;

function readBody(body: string): Item {
  const bytes = Buffer.byteLength(body);
  if (bytes > LARGEST_BODY)
    throw new PagerDutyRefusal('Event object is invalid', [`${bytes} bytes exceed 512 kB`]);
  try {
    const event: unknown = JSON.parse(body);
    if (isItem(event)) return event;
  } catch {} // said below, as for JSON of another kind
  throw new PagerDutyRefusal('Event object is invalid', ['The body is no JSON object']);
}

function complaintsAboutEvent({ routing_key, event_action, dedup_key, payload }: Item): string[] {
  return [
    ...(isBlank(routing_key) ? ["'routing_key' is missing or blank"] : []),
    ...(typeof routing_key === 'string' && routing_key.length !== KEY_LENGTH && routing_key !== ''
      ? [`Length of 'routing_key' is incorrect (should be ${KEY_LENGTH} characters)`]
      : []),
    ...oneOf('event_action', event_action, ACTIONS),
    ...(dedup_key === undefined ? [] : text('dedup_key', dedup_key, LONGEST_DEDUP_KEY)),
    ...(event_action === 'trigger' ? complaintsAboutPayload(payload) : []),
    ...(event_action !== 'trigger' && dedup_key === undefined ? ["'dedup_key' is missing or blank"] : []),
  ];
}

function complaintsAboutPayload(payload: unknown): string[] {
  if (!isItem(payload)) return ["'payload' is missing or blank"];
  const { summary, source, severity, timestamp } = payload;
  return [
    ...text('payload.summary', summary, LONGEST_SUMMARY),
    ...text('payload.source', source),
    ...oneOf('payload.severity', severity, SEVERITIES),
    ...(timestamp === undefined || !Number.isNaN(Date.parse(String(timestamp)))
      ? []
      : ["'payload.timestamp' is no ISO 8601 date and time"]),
  ];
}

function complaintsAboutLinks({ links = [] }: Item): string[] {
  if (!Array.isArray(links)) return ["'links' is no list"];
  return links.flatMap((link, index) =>
    isItem(link) && typeof link.href === 'string' && URL.canParse(link.href)
      ? []
      : [`'links[${index}].href' is no address`],
  );
}

function text(name: string, value: unknown, most = Number.POSITIVE_INFINITY): string[] {
  if (isBlank(value)) return [`'${name}' is missing or blank`];
  if (typeof value !== 'string') return [`'${name}' is no string`];
  return value.length > most ? [`'${name}' is too long (maximum is ${most} characters)`] : [];
}

function oneOf(name: string, value: unknown, words: readonly unknown[]): string[] {
  if (isBlank(value)) return [`'${name}' is missing or blank`];
  return words.includes(value) ? [] : [`'${name}' is invalid (must be one of ${words.join(', ')})`];
}

function readPayload(payload: Item): PagerDutyPayload {
  return {
    summary: payload.summary as string,
    source: payload.source as string,
    severity: payload.severity as PagerDutySeverity,
    custom_details: payload.custom_details ?? null,
  };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
