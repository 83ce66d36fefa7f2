/**
 * A Twilio for one number: it signs its requests, plays the TwiML that it gets as the real one does, and reports what
 * the real one would complain about.
 */
import { randomBytes } from 'node:crypto';
import { type Call, placeCall } from './call.ts';
import type { CallEvent } from './call-log.ts';
import { type Connection, TWILIO_CONNECTION } from './connection.ts';
import type { CallSettings } from './playback.ts';
import { createSwitchboard, type Switchboard } from './switchboard.ts';
import { openThread, type TextThread, type ThreadOptions } from './texts.ts';

export interface TwilioOptions {
  accountSid: string;
  authToken: string;
  /** May carry connection overrides as its fragment, like the other addresses. */
  voiceUrl: string;
  statusCallbackUrl?: string;
  /** Asked with ErrorCode and ErrorUrl when a document cannot be had or played. */
  voiceFallbackUrl?: string;
  /** Needed for texts only. */
  messageUrl?: string;
  /** For replies that name no address of their own. */
  messageStatusCallbackUrl?: string;
  /** Asked with ErrorCode and ErrorUrl when the answer to a text cannot be had or read. */
  smsFallbackUrl?: string;
  /** Shared with whatever calls are to meet these; without one nobody answers what a `<Dial>` rings. */
  switchboard?: Switchboard;
  /** For addresses without overrides of their own. */
  connect?: Partial<Connection>;
  /** Waits through pauses and silence; without it they pass at once. */
  sleep?: (ms: number) => Promise<void>;
  /** Sent with every request of a call and with every text. */
  extraParameters?: Readonly<Record<string, string>>;
  /** Of calls; a thread of texts has its own. */
  onEvent?: (event: CallEvent) => void;
}

export interface Twilio {
  /** `from` may be a word for a withheld number. Resolves when the call waits for the caller, or is over. */
  placeCall: (numbers: { from: string; to: string; callSid?: string }) => Promise<Call>;
  /** Nothing is sent yet. */
  openTexts: (options: ThreadOptions) => TextThread;
}

export function createTwilio(options: TwilioOptions): Twilio {
  const common = {
    accountSid: options.accountSid,
    authToken: options.authToken,
    connection: { ...TWILIO_CONNECTION, ...options.connect },
    extraParameters: options.extraParameters ?? {},
  };
  const { voiceUrl, statusCallbackUrl } = options;
  const callSettings: CallSettings = {
    ...common,
    direction: 'inbound',
    voiceFallbackUrl: options.voiceFallbackUrl,
    statusCallback: statusCallbackUrl
      ? { url: statusCallbackUrl, method: 'POST', events: ['completed'] }
      : null,
    switchboard: options.switchboard ?? createSwitchboard(),
    sleep: options.sleep ?? (async () => {}),
    now: Date.now,
    onEvent: options.onEvent ?? (() => {}),
    onStatus: () => {},
  };
  return {
    placeCall: async ({ from, to, callSid = newCallSid() }) => {
      if (!/^CA[\da-f]{32}$/.test(callSid))
        throw new Error(`"${callSid}" is no CallSid: CA and 32 hex digits are.`);
      return placeCall(callSettings, { from, to, callSid }, voiceUrl);
    },
    openTexts: (thread) => {
      const { messageUrl, messageStatusCallbackUrl, smsFallbackUrl } = options;
      if (!messageUrl) throw new Error('createTwilio() was told no messageUrl, which texts are sent to.');
      return openThread({ ...common, messageUrl, messageStatusCallbackUrl, smsFallbackUrl }, thread);
    },
  };
}

export function newCallSid(): string {
  return `CA${randomBytes(16).toString('hex')}`;
}
