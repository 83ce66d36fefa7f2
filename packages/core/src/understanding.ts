/**
 * The door to understanding: words in, meaning out. What to do with the meaning is decided elsewhere (conversation.ts).
 * The built-in one needs no key and no network.
 */
import type { Instant, Service } from './tenant.ts';

export const INTENTS = [
  'book_appointment',
  'reschedule_appointment',
  'cancel_appointment',
  'ask_question',
  'opening_hours',
  'leave_message',
  'talk_to_human',
  'complaint',
  'payment',
  'emergency',
  'abuse',
  'greeting',
  'affirm',
  'deny',
  'inform',
  'goodbye',
  'repeat',
  'out_of_scope',
] as const;
export type Intent = (typeof INTENTS)[number];

/** Only what was heard is there. */
export interface Slots {
  /** `YYYY-MM-DD`, in the tenant's time zone. */
  date?: string;
  /** `HH:MM`, 24 hours. */
  time?: string;
  /** The caller's words. */
  date_text?: string;
  time_text?: string;
  service?: string;
  name?: string;
  /** E.164. */
  phone?: string;
  party_size?: number;
  yes_no?: 'yes' | 'no';
}

export interface Understanding {
  intent: Intent;
  /** How likely it is that intent and slots are right, 0 to 1. */
  confidence: number;
  slots: Slots;
}

export interface UnderstandingContext {
  /** What the receptionist said last, or null. */
  previous: string | null;
  now: Instant;
  time_zone: string;
  services: Pick<Service, 'name' | 'also'>[];
  /** The tenant's own questions, which count as questions however they are put. */
  questions: string[];
  /** The names of the tenant's facts. */
  facts: string[];
}
