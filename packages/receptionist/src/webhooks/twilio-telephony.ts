/** Twilio's side of the line: who signed a request, what it says, and TwiML for the answer. */
import { callerNumber, type Heard } from '@receptionist/core';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { Authenticated, Fields, SignedRequest, Telephony, TurnKind } from './telephony.ts';
import { createTwilioAddresses } from './twilio-addresses.ts';
import { accountIn, first, fromCaller, parseForm, queryOf, readCount, readDetails } from './twilio-fields.ts';
import { voiceResponse } from './twiml.ts';

/** Of what a caller says in one turn. */
const SPEECH_LIMIT = 4_000;

const ENDED = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];

export interface TwilioCredentials {
  accountSid: string | undefined;
  /** The present token and the one before, as far as there are. */
  authTokens: string[];
  /** Token by subaccount. */
  accounts: ReadonlyMap<string, string>;
}

export function createTwilioTelephony({
  publicUrl,
  credentials,
}: {
  /** What Twilio was given, without a slash at the end. */
  publicUrl: string;
  credentials: TwilioCredentials;
}): Telephony {
  const addresses = createTwilioAddresses({ publicUrl });
  return {
    authenticate(request) {
      const [signature, ...more] = request.headers['x-twilio-signature'] ?? [];
      if (!signature) return { refused: 'no_signature' };
      if (more.length > 0) return { refused: 'several_signatures' };
      // An absolute address in the request line would make another URL than the one that was signed.
      if (!request.path.startsWith('/')) return { refused: 'odd_address' };
      const url = publicUrl + request.path;
      return isForm(request)
        ? authenticateForm(url, signature, request.body, credentials)
        : authenticateBytes(url, signature, request.body, credentials);
    },

    readTurn(request, fields, kind) {
      const call_id = first(fields, 'CallSid');
      if (!call_id) return null;
      const query = queryOf(request);
      return {
        call_id,
        account_id: accountIn(fields),
        caller: callerNumber(first(fields, 'From')),
        called: first(fields, 'To').trim(),
        turn: kind === 'arrival' ? 1 : readCount(query.get('turn')),
        failures: readCount(query.get('failures')),
        request_token: request.headers['i-twilio-idempotency-token']?.[0] ?? null,
        heard: HEARD[kind](fields),
        simulated: first(fields, 'Simulated') === 'true',
        details: readDetails(fields),
      };
    },

    readStatus(fields) {
      const call_id = first(fields, 'CallSid');
      if (!call_id) return null;
      const ended = ENDED.includes(first(fields, 'CallStatus'));
      return { call_id, account_id: accountIn(fields), ended };
    },

    readRecording(fields) {
      const [call_id, recording_id] = [first(fields, 'CallSid'), first(fields, 'RecordingSid')];
      const status = first(fields, 'RecordingStatus');
      if (!call_id || !recording_id || (status !== 'completed' && status !== 'failed')) return null;
      const url = first(fields, 'RecordingUrl');
      const duration_s = readDuration(fields);
      return { call_id, account_id: accountIn(fields), recording_id, url, duration_s, status };
    },

    render: (reply, voice) => voiceResponse(reply, { voice, addresses }),
  };
}

const HEARD: Readonly<Record<TurnKind, (fields: Fields) => Heard>> = {
  arrival: () => ({ kind: 'arrived' }),
  words: readHeard,
  return: () => ({ kind: 'handed_back', bridged: false }),
  recording: (fields) => ({ kind: 'recorded', duration_s: readDuration(fields) }),
};

function readDuration(fields: Fields): number | null {
  const seconds = first(fields, 'RecordingDuration');
  return seconds === '' ? null : readCount(seconds);
}

function isForm({ headers }: SignedRequest): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headers['content-type']?.[0] ?? '');
}

function authenticateForm(
  url: string,
  signature: string,
  body: Buffer,
  credentials: TwilioCredentials,
): Authenticated {
  const fields = parseForm(body);
  const tokens = tokensFor(first(fields, 'AccountSid'), credentials);
  // An array for each name: repeated values count, and empty ones too.
  const parameters = Object.fromEntries(fields);
  return verdict(tokens, { fields }, (token) => webhooks.validateRequest(token, signature, url, parameters));
}

/** A body that is no form is signed by its hash, which stands in the query. */
function authenticateBytes(
  url: string,
  signature: string,
  body: Buffer,
  credentials: TwilioCredentials,
): Authenticated {
  if (!url.includes('bodySHA256=')) return { refused: 'unsigned_body' };
  const tokens = tokensFor('', credentials);
  const isSigned = (token: string) =>
    webhooks.validateRequestWithBody(token, signature, url, body as unknown as string);
  return verdict(tokens, { fields: new Map() }, isSigned);
}

function verdict(
  tokens: string[],
  accepted: Authenticated,
  isSigned: (token: string) => boolean,
): Authenticated {
  if (tokens.length === 0) return { refused: 'no_token' };
  return tokens.some(isSigned) ? accepted : { refused: 'wrong_signature' };
}

/** The account is not proven yet: it only chooses the token that must prove it. */
function tokensFor(account: string, { accountSid, authTokens, accounts }: TwilioCredentials): string[] {
  const own = accounts.get(account);
  if (own) return [own];
  const isForeign = accountSid !== undefined && account !== '' && account !== accountSid;
  return isForeign ? [] : authTokens;
}

function readHeard(fields: Fields): Heard {
  const text = fromCaller(first(fields, 'SpeechResult'), SPEECH_LIMIT);
  if (text) return { kind: 'speech', text, confidence: readConfidence(first(fields, 'Confidence')) };
  const digits = fromCaller(first(fields, 'Digits'));
  return digits ? { kind: 'keys', digits } : { kind: 'silence' };
}

/** Recognisers leave it out, or send what is no share: then nothing is known. */
function readConfidence(text: string): number | null {
  const confidence = Number.parseFloat(text);
  return confidence >= 0 && confidence <= 1 ? confidence : null;
}
