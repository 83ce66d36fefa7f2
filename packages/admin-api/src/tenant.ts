/** A tenant as `tenant import` and the API take it. Limits are generous for a business and small for a database. */
import { CALLER_REASONS, ESCALATION_CHANNELS, PLANS, type Tenant, withDefaults } from '@receptionist/core';
import { z } from 'zod';
import { line, phone, prose } from './schemas.ts';

/** Core says what is taken where a tenant says nothing; here it only becomes part of the schema. */
const DEFAULTS = withDefaults({ tenant_id: '', name: '', time_zone: 'UTC', numbers: [] });

const WEEK_IN_MINUTES = 7 * 24 * 60;
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

export const tenantId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'It must be 1 to 64 letters, digits, "_" or "-", the first a letter or digit.',
  );

// An offset such as +01:00 is a time zone to Intl too, but one without summer time: surely a mistake.
export const timeZone = line(64).refine(
  (name) => /^[A-Za-z]/.test(name) && accepts(() => new Intl.DateTimeFormat('en', { timeZone: name })),
  'It must be an IANA time zone, for example America/Los_Angeles.',
);

const languageTag = line(64).refine(
  (tag) => accepts(() => Intl.getCanonicalLocales(tag)),
  'It must be a BCP 47 language tag, for example en-US.',
);

function accepts(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

/** A list in which nothing stands twice; each later one is named. */
export function distinctList<T extends z.ZodType>(
  item: T,
  max: number,
  nameOf: (value: z.output<T>) => unknown = String,
) {
  return z
    .array(item)
    .max(max, `There may be ${max} at most.`)
    .superRefine((values, context) => {
      const names = values.map(nameOf);
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `${JSON.stringify(name)} stands here twice.`,
        });
      }
    });
}

const openingSpan = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
    error: 'It must look like "09:00-12:30".',
    abort: true,
  })
  .refine(
    (span) => opens(span) < closes(span),
    'It must end after it begins; split a night at 24:00 into two days.',
  );

// Times of day compare as text.
const opens = (span: string) => span.slice(0, 5);
const closes = (span: string) => span.slice(6);

const openingSpans = z
  .array(openingSpan)
  .max(10)
  .refine(
    (spans) => spans.every((span, i) => i === 0 || closes(spans[i - 1] ?? '') <= opens(span)),
    'The spans of a day must be in order and must not overlap.',
  )
  .default([]);

const openingHours = z.strictObject({
  monday: openingSpans,
  tuesday: openingSpans,
  wednesday: openingSpans,
  thursday: openingSpans,
  friday: openingSpans,
  saturday: openingSpans,
  sunday: openingSpans,
});

const money = z.strictObject({
  amount: z.int().min(0).describe('minor units: 9000 is 90.00 USD'),
  currency: z
    .string()
    .refine((code) => CURRENCIES.has(code), 'It must be an ISO 4217 code, for example USD.'),
});

const service = z.strictObject({
  name: line(100),
  minutes: z
    .int()
    .min(1)
    .max(24 * 60),
  price: money.nullable().default(null),
  capacity: z.int().min(1).max(1000).default(1),
  also: distinctList(line(100), 50).default([]),
});

export const answer = z.strictObject({ question: prose(500), answer: prose(2000) });

/** Whoever says something like it needs a person at once. */
export const phrase = z.strictObject({ phrase: prose(500), reason: z.enum(CALLER_REASONS) });

const minutes = z.number().positive().max(WEEK_IN_MINUTES);

const slaTargets = z
  .strictObject({ acknowledge: minutes, engage: minutes })
  .refine(
    ({ acknowledge, engage }) => acknowledge <= engage,
    'To engage must not be due before to acknowledge.',
  );

const escalationStep = z.strictObject({
  after_minutes: z.number().min(0).max(WEEK_IN_MINUTES),
  notify: distinctList(z.enum(ESCALATION_CHANNELS), ESCALATION_CHANNELS.length).min(
    1,
    'Name at least one channel.',
  ),
});

// Steps at the same time would make the gap 0 after which the last one repeats.
const escalationSteps = z
  .array(escalationStep)
  .min(1)
  .max(20)
  .refine(
    (steps) => steps.every((step, i) => i === 0 || (steps[i - 1]?.after_minutes ?? 0) < step.after_minutes),
    'Each step must come later than the one before it.',
  );

export const tenantBody = z.strictObject({
  tenant_id: tenantId,
  name: line(200),
  plan: z.enum(PLANS).default(DEFAULTS.plan),
  time_zone: timeZone,
  locale: languageTag.default(DEFAULTS.locale),
  numbers: distinctList(phone, 100),
  greeting: prose(1000).exactOptional().describe('without it: "Thank you for calling NAME."'),
  facts: z
    .record(line(64), prose(2000))
    .refine((facts) => Object.keys(facts).length <= 100, 'There may be 100 facts at most.')
    .default(DEFAULTS.facts),
  opening_hours: openingHours.prefault({}),
  closed_dates: distinctList(z.iso.date('It must be a date, for example 2026-12-25.'), 1000).default([]),
  services: distinctList(service, 200, ({ name }) => name.toLowerCase()).default([]),
  answers: z.array(answer).max(500).default([]),
  phrases: z.array(phrase).max(500).default([]),
  hand_off: z
    .strictObject({
      phones: distinctList(phone, 20).default([]),
      ring_seconds: z.int().min(5).max(600).default(DEFAULTS.hand_off.ring_seconds),
    })
    .prefault({}),
  escalation: z
    .strictObject({
      critical: escalationSteps.default(DEFAULTS.escalation.critical),
      standard: escalationSteps.default(DEFAULTS.escalation.standard),
    })
    .prefault({}),
  sla: z
    .strictObject({
      critical: slaTargets.default(DEFAULTS.sla.critical),
      standard: slaTargets.default(DEFAULTS.sla.standard),
    })
    .prefault({}),
  slack_channel: line(80).default(DEFAULTS.slack_channel),
  twilio_account_sid: z
    .string()
    .regex(/^AC[0-9A-Za-z]{32}$/, 'It must be "AC" and 32 letters or digits.')
    .nullable()
    .default(null),
  busy_calendar_url: z
    .url({ protocol: /^(https?|webcal)$/, message: 'It must be an http, https or webcal address.' })
    .max(2000)
    .nullable()
    .default(null),
  voice: z
    .strictObject({
      mode: z.enum(['gather', 'relay']).default(DEFAULTS.voice.mode),
      voice: line(100).default(DEFAULTS.voice.voice),
      language: languageTag.default(DEFAULTS.voice.language),
    })
    .prefault({}),
  retention_days: z.int().min(1).max(3650).default(DEFAULTS.retention_days),
});
/** A tenant as somebody may write it. */
export type TenantBody = z.input<typeof tenantBody>;

export const tenantAnswer = tenantBody.extend({ greeting: z.string() }) satisfies z.ZodType<Tenant>;

/** Some members of a tenant, null for "back to its default" (RFC 7396). What comes out must be a whole tenant again. */
export const tenantPatch = z.record(z.string(), z.unknown());
