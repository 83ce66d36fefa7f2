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
  type PagerDuty,
  type PagerDutyFailure,
  type PagerDutyOptions,
  type PagerDutyRequest,
  type PagerDutyWebhook,
  type SentWebhook,
  startPagerDuty,
} from './pagerduty.ts';
export type { PagerDutyEvent, PagerDutyPayload, PagerDutySeverity } from './pagerduty-events.ts';
export type { EventEffect, PagerDutyIncident, PagerDutyUser } from './pagerduty-incidents.ts';
export { signPagerDuty, type WebhookEventType } from './pagerduty-webhooks.ts';
export { aPerson, type Person } from './person.ts';
export {
  type Failure,
  type FailureMode,
  type Slack,
  type SlackOptions,
  type SlackRequest,
  startSlack,
} from './slack.ts';
export type { InputValues } from './slack-inputs.ts';
export type { SlackInput, SlackModal } from './slack-modals.ts';
export type {
  InteractionAnswer,
  Interactivity,
  Press,
  SlackPeople,
  SubmissionAnswer,
} from './slack-people.ts';
export type { SlackButton } from './slack-reading.ts';
export { signSlack } from './slack-signature.ts';
export type { SlackChannel, SlackEphemeral, SlackMessage, SlackUser } from './slack-workspace.ts';
export type { PlacedCall, TwilioCall } from './twilio-calls.ts';
export type { TwilioRestCode } from './twilio-errors.ts';
export type { TwilioMessage } from './twilio-messages.ts';
export type { NumberSettings, TwilioNumber } from './twilio-numbers.ts';
export type { Phone } from './twilio-phones.ts';
export {
  startTwilioRest,
  type TwilioFailure,
  type TwilioRest,
  type TwilioRestOptions,
  type TwilioRestRequest,
} from './twilio-rest.ts';
export { callWebhook, type WebhookAnswer, type WebhookCall, type WebhookUrl } from './webhook-sender.ts';
