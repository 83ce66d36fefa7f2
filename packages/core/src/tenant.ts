/**
 * A tenant: one business whose phone we answer. The names are those of the admin API and of `tenant import`
 * (docs/examples/t1.yaml); the shape is checked where it comes in, in `@receptionist/admin-api`.
 */
import type { Plan } from './plans.ts';
import type { CallerReason } from './summaries.ts';

/** E.164, for example `+14155550123`. */
export type PhoneNumber = string;

/** An instant, ISO 8601 in UTC with milliseconds and a `Z`, as the store and the API write it. */
export type Instant = string;

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Local wall-clock span of a day, `"09:00-12:30"`; the end may be `24:00` and is not part of the span. */
export type OpeningSpan = string;

export interface Money {
  /** Integer minor units: 9000 is 90.00 USD. */
  amount: number;
  /** ISO 4217. */
  currency: string;
}

export interface Service {
  name: string;
  minutes: number;
  price: Money | null;
  /** How many of them can run at the same time. */
  capacity: number;
  /** Other words that callers use for it. */
  also: string[];
}

export interface Answer {
  question: string;
  answer: string;
}

/** Whoever says something like it needs a person at once, for this reason. */
export interface Phrase {
  phrase: string;
  reason: CallerReason;
}

export const ESCALATION_CHANNELS = ['slack', 'slack_mention', 'pagerduty', 'text', 'call'] as const;
export type EscalationChannel = (typeof ESCALATION_CHANNELS)[number];

export interface EscalationStep {
  /** Minutes after the filing (or the round that followed); fractions are fine. */
  after_minutes: number;
  notify: EscalationChannel[];
}

export type Severity = 'critical' | 'standard';

/** Minutes until an entry must be acknowledged, and until somebody must be working on it. */
export interface SlaTargets {
  acknowledge: number;
  engage: number;
}

export interface Voice {
  mode: 'gather' | 'relay';
  /** Named as for `<Say>`, for example `Polly.Joanna-Neural`. */
  voice: string;
  /** BCP 47. */
  language: string;
}

export interface Tenant {
  tenant_id: string;
  name: string;
  plan: Plan;
  /** IANA name, for example `America/Los_Angeles`. */
  time_zone: string;
  /** BCP 47. */
  locale: string;
  /** The numbers that callers dial; each belongs to one tenant. */
  numbers: PhoneNumber[];
  greeting: string;
  /** Free names; the receptionist knows `address`, `website` and `emergency_number`, and can be asked for the others. */
  facts: Record<string, string>;
  opening_hours: Record<Weekday, OpeningSpan[]>;
  /** Local dates, `YYYY-MM-DD`. */
  closed_dates: string[];
  services: Service[];
  answers: Answer[];
  phrases: Phrase[];
  hand_off: { phones: PhoneNumber[]; ring_seconds: number };
  escalation: Record<Severity, EscalationStep[]>;
  sla: Record<Severity, SlaTargets>;
  /** Channel name with `#`, or id. */
  slack_channel: string;
  twilio_account_sid: string | null;
  busy_calendar_url: string | null;
  voice: Voice;
  retention_days: number;
}

/** What a tenant must say about itself; everything else has a default. */
export type TenantInput = Pick<Tenant, 'tenant_id' | 'name' | 'time_zone' | 'numbers'> & Partial<Tenant>;

const CLOSED_ALL_WEEK: Tenant['opening_hours'] = {
  monday: [],
  tuesday: [],
  wednesday: [],
  thursday: [],
  friday: [],
  saturday: [],
  sunday: [],
};

/** The defaults of the contract, section 6. */
export function withDefaults(input: TenantInput): Tenant {
  return {
    plan: 'free',
    locale: 'en-US',
    greeting: `Thank you for calling ${input.name}.`,
    facts: {},
    closed_dates: [],
    services: [],
    answers: [],
    phrases: [],
    hand_off: { phones: [], ring_seconds: 20 },
    escalation: {
      critical: [
        { after_minutes: 0, notify: ['slack_mention'] },
        { after_minutes: 1, notify: ['slack_mention', 'pagerduty'] },
        { after_minutes: 2, notify: ['call'] },
        { after_minutes: 5, notify: ['slack_mention', 'pagerduty', 'call'] },
      ],
      standard: [
        { after_minutes: 0, notify: ['slack'] },
        { after_minutes: 15, notify: ['slack_mention'] },
        { after_minutes: 60, notify: ['slack_mention', 'pagerduty'] },
      ],
    },
    sla: {
      critical: { acknowledge: 2, engage: 5 },
      standard: { acknowledge: 15, engage: 60 },
    },
    slack_channel: '#human-fallback',
    twilio_account_sid: null,
    busy_calendar_url: null,
    voice: { mode: 'gather', voice: 'Polly.Joanna-Neural', language: 'en-US' },
    retention_days: 365,
    ...input,
    opening_hours: { ...CLOSED_ALL_WEEK, ...input.opening_hours },
  };
}
