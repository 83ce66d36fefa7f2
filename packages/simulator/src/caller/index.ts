export type { Call } from './call.ts';
export type { CallEvent, CallStatus, Heard } from './call-log.ts';
export { type Connection, TWILIO_CONNECTION } from './connection.ts';
export type { ConversationEvent, Spoken } from './conversation-log.ts';
export type { Delivery, DeliveryErrorCode, MessageStatus } from './delivery.ts';
export { type Exchange, repeatRequest, type SignedRequest, sendSigned } from './exchange.ts';
export type { LinePiece, Sound } from './line-time.ts';
export { OPT_OUT_ANSWERS, type OptOut, type OptOutType } from './opt-out.ts';
export { APPLICATION_ERROR } from './playback.ts';
export type { TwilioCode, TwilioProblem } from './problems.ts';
export {
  type Medium,
  parseScript,
  playScript,
  type Script,
  type ScriptFailure,
  type ScriptResult,
  type ScriptStep,
} from './script.ts';
export { type Params, signForm, signJson } from './signature.ts';
export { createSwitchboard, type Switchboard } from './switchboard.ts';
export type { Media, SentReply, TextOptions, TextThread, ThreadOptions } from './texts.ts';
export { createTwilio, type Twilio, type TwilioOptions } from './twilio.ts';
export { parseMessageTwiml, parseTwiml, type Twiml, type Verb } from './twiml.ts';
export type { WaitingFor } from './wait.ts';
