/**
 * The line to a caller. Whoever implements it speaks the provider's protocol; conversations know only what is here.
 */
import type { Heard, PhoneNumber, Voice } from '@receptionist/core';

/** Twilio gives up after 15 s; the rest is for the way. */
export const TURN_DEADLINE_MS = 12_000;

/** Where there is no tenant to ask. */
export const DEFAULT_VOICE: Voice = { mode: 'gather', voice: 'Polly.Joanna-Neural', language: 'en-US' };

/** A request as it came over the wire. */
export interface SignedRequest {
  /** Path and query as sent. */
  path: string;
  headers: Readonly<NodeJS.Dict<string[]>>;
  body: Buffer;
}

/** Its fields, once it is certain who sent them. */
export type Fields = ReadonlyMap<string, readonly string[]>;

export type Authenticated = { fields: Fields } | { refused: string };

export interface IncomingTurn {
  call_id: string;
  /** The provider's account that the call belongs to, or null. */
  account_id: string | null;
  /** Null where it is withheld or no phone number. */
  caller: PhoneNumber | null;
  called: string;
  /** As the provider counts; the first is 1, and 0 where it does not say. */
  turn: number;
  /** How often in a row we could not answer. The provider counts, because our own memory may be what failed. */
  failures: number;
  /** The same for a request and its repetitions, or null. */
  request_token: string | null;
  /** Masked and cleaned. */
  heard: Heard;
  /** Placed by our own simulator. */
  simulated: boolean;
  /** What else the provider said that helps the person who takes over. */
  details: Record<string, string>;
}

/** What a turn of a call tells of: its first request, what was heard, the end of a wait, or of a recording. */
export type TurnKind = 'arrival' | 'words' | 'return' | 'recording';

/** What the provider keeps of a message on tape. */
export interface RecordingReport {
  call_id: string;
  account_id: string | null;
  recording_id: string;
  url: string;
  duration_s: number | null;
  status: 'completed' | 'failed';
}

export interface CallStatus {
  call_id: string;
  account_id: string | null;
  ended: boolean;
}

/** What the caller hears, and what then. Kept as JSON, to be given again word for word. */
export interface Reply {
  say: string[];
  next:
    | { action: 'hang_up' }
    | { action: 'listen'; turn: number; hints: string[]; failures?: number }
    /** Wait in a room until a person comes. `turn`: when the caller is back. */
    | { action: 'hand_off'; room: string; turn: number }
    /** Speak after the tone. */
    | { action: 'record'; turn: number };
}

export interface Telephony {
  authenticate(request: SignedRequest): Authenticated;
  /** Null where it is no call. Whether a caller who returns spoke with a person is for the conversation to find out. */
  readTurn(request: SignedRequest, fields: Fields, kind: TurnKind): IncomingTurn | null;
  readStatus(fields: Fields): CallStatus | null;
  /** Null where nothing was recorded, or it is not done. */
  readRecording(fields: Fields): RecordingReport | null;
  /** The document that makes the provider speak and listen. Whatever is in the reply, it can be played. */
  render(reply: Reply, voice: Voice): string;
}
