/**
 * What a caller hears when our whole site is down, as files that any host of plain files can serve: a sentence, the
 * hand-off phones, and then a recording. https://www.twilio.com/docs/voice/twiml
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Tenant } from '@receptionist/core';
import { CommandError } from '../failure.ts';

/** A caller leaves two minutes at most, and is heard out through a pause of this many seconds. */
const LONGEST_MESSAGE = 120;
const PAUSE = 5;

/**
 * Beside the file a second one: without an address to go on to, Twilio asks for the first again after the recording.
 * @returns their paths
 */
export function writeFallbackFiles(file: string, tenant: Tenant): string[] {
  const { dir, name, ext } = path.parse(file);
  const thanks = `${name}-thanks${ext || '.xml'}`;
  const files: [string, string][] = [
    [file, fallbackTwiml(tenant, thanks)],
    [path.join(dir, thanks), thanksTwiml(tenant)],
  ];
  for (const [at, text] of files) write(at, text);
  return files.map(([at]) => at);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError('failed', `${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** `thanks`: address of what follows the recording, relative to this document. */
export function fallbackTwiml(tenant: Tenant, thanks: string): string {
  const { name, facts, hand_off } = tenant;
  const emergency = facts['emergency_number'];
  return document(
    say(
      tenant,
      `Thank you for calling ${name}.`,
      'We have a problem with our telephone system.',
      ...(hand_off.phones.length > 0 ? ['Please hold the line, I am trying to reach a person.'] : []),
    ),
    ...dial(hand_off),
    say(
      tenant,
      'If nobody could help you, please leave your name, your number and what you need after the tone, and we will call you back.',
      ...(emergency ? [`If this is an emergency, please hang up and dial ${[...emergency].join(' ')}.`] : []),
    ),
    `<Record action="${escaped(thanks)}" method="GET" maxLength="${LONGEST_MESSAGE}" timeout="${PAUSE}" playBeep="true"/>`,
    say(tenant, 'I did not hear anything. Please call again later. Goodbye.'),
  );
}

export function thanksTwiml(tenant: Tenant): string {
  return document(say(tenant, 'Thank you. We will call you back as soon as we can. Goodbye.'), '<Hangup/>');
}

/** They ring together, and the first who answers has the caller; Twilio takes ten. */
function dial({ phones, ring_seconds }: Tenant['hand_off']): string[] {
  if (phones.length === 0) return [];
  const numbers = phones.slice(0, 10).map((phone) => `<Number>${escaped(phone)}</Number>`);
  return [`<Dial timeout="${ring_seconds}">${numbers.join('')}</Dial>`];
}

function say({ voice }: Tenant, ...sentences: string[]): string {
  const words = escaped(sentences.join(' '));
  return `<Say voice="${escaped(voice.voice)}" language="${escaped(voice.language)}">${words}</Say>`;
}

function document(...verbs: string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Response>',
    ...verbs.map((verb) => `  ${verb}`),
    '</Response>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
