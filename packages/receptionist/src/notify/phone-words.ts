/** What people are told by phone: in a text, or aloud. */
import {
  type Channel,
  cleanText,
  type EntryWithHistory,
  type PhoneNumber,
  sayPhone,
  type Tenant,
} from '@receptionist/core';
import type { Alert, ToldEntry } from './notifier.ts';
import { acknowledgeCommand, lastWords, reasonInWords, SEVERITY_NAMES } from './words.ts';

/** Characters that a phone shows well as one text. */
const TEXT_LIMIT = 320;
/** What is read aloud of the caller's last words. */
const SPOKEN_LIMIT = 300;
/** Of an id, enough for `adminctl`, which takes any unique ending. */
const ENDING_LENGTH = 3;

const SIMULATION = 'This is a simulation.';

export function alertText({ told: { entry, tenant }, others }: Alert): string {
  const rest = [
    others.length > 0 ? `And ${others.length} more.` : '',
    isSimulated(entry) ? SIMULATION : '',
    acknowledgeCommand(entry),
  ].filter(Boolean);
  const what = cleanText(
    `${SEVERITY_NAMES[entry.severity]}: ${tenant.name}: caller ${reasonInWords(entry)}`,
    TEXT_LIMIT - rest.join(' ').length - 2,
  );
  return [`${what}.`, ...rest].join(' ');
}

const SITUATIONS: Readonly<Record<Channel, string>> = {
  manual: 'It was filed by hand.',
  voice: 'The caller has hung up.',
  sms: 'Somebody wrote a text.',
  whatsapp: 'Somebody wrote on WhatsApp.',
};

/** A mailbox may be listening: nothing that the caller said, and not their number. */
export function spokenAlert({ entry, tenant }: ToldEntry, others: number): string[] {
  const { severity, channel, context, reason } = entry;
  const said = [
    `This is the receptionist of ${tenant.name} with a ${severity} alert.`,
    context.live ? 'A caller is on the line.' : SITUATIONS[channel],
    `The caller ${reasonInWords({ reason, reason_detail: null })}.`,
    others > 0 ? `And ${waiting(others)}.` : '',
    isSimulated(entry) ? SIMULATION : '',
  ];
  return said.filter(Boolean);
}

/** For whoever has pressed a key, and so is no mailbox. */
export function spokenHandOver(entry: EntryWithHistory, others: number): string[] {
  const words = cleanText(lastWords(entry) ?? '', SPOKEN_LIMIT);
  const said = [
    'Thank you. You have it.',
    `The entry ends in ${spelled(entry.entry_id.slice(-ENDING_LENGTH))}.`,
    entry.caller ? `The caller's number is ${sayPhone(entry.caller)}.` : '',
    words ? `They said: ${words}` : '',
    others > 0 ? `${waiting(others)}.` : '',
    'Goodbye.',
  ];
  return said.filter(Boolean);
}

/** For whoever picks up a phone that is rung for a caller, and may take the call. */
export function spokenCall({
  tenant,
  caller,
  entry,
}: {
  tenant: Tenant;
  caller: PhoneNumber | null;
  /** Null: it is not filed yet. */
  entry: EntryWithHistory | null;
}): string[] {
  const from = caller ? `from ${sayPhone(caller)}` : 'from a withheld number';
  const why = entry ? [`The caller ${reasonInWords({ reason: entry.reason, reason_detail: null })}.`] : [];
  return [`A call for ${tenant.name}, ${from}.`, ...why];
}

function waiting(others: number): string {
  return others === 1 ? '1 more caller waits' : `${others} more callers wait`;
}

function spelled(letters: string): string {
  return letters.toUpperCase().split('').join(' ');
}

function isSimulated({ context }: Pick<EntryWithHistory, 'context'>): boolean {
  return context.simulated === true;
}
