export type { Breakdown, Repetition } from './failures.ts';
export {
  type Model,
  type ModelAnswer,
  type ModelExchange,
  type ModelOptions,
  startModel,
} from './model.ts';
export type { Mood, MoodName, Nonsense } from './model-moods.ts';
export type { ModelMessage, ModelRequest, ModelTool } from './model-request.ts';
export {
  type Failure,
  type FailureMode,
  type Slack,
  type SlackOptions,
  type SlackRequest,
  startSlack,
} from './slack.ts';
export type { SlackButton } from './slack-reading.ts';
export type { SlackChannel, SlackMessage } from './slack-workspace.ts';
export type { PlacedCall, TwilioCall } from './twilio-calls.ts';
export type { TwilioRestCode } from './twilio-errors.ts';
export type { TwilioMessage } from './twilio-messages.ts';
export type { NumberSettings, TwilioNumber } from './twilio-numbers.ts';
export {
  startTwilioRest,
  type TwilioFailure,
  type TwilioRest,
  type TwilioRestOptions,
  type TwilioRestRequest,
} from './twilio-rest.ts';
