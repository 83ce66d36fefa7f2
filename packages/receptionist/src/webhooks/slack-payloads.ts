/** What Slack tells of what somebody did, as far as it concerns us. https://docs.slack.dev/reference/interaction-payloads */
import { z } from 'zod';
import { SLACK_ACTIONS } from '../notify/slack-buttons.ts';
import { FORM_ID } from './slack-form.ts';

const user = z.object({ id: z.string().regex(/^[UW][A-Z0-9]+$/) });
const entryId = z.string().regex(/^[\w-]{1,64}$/);

const press = z.object({
  type: z.literal('block_actions'),
  user,
  /** A press comes alone. */
  actions: z.tuple([z.object({ action_id: z.enum(SLACK_ACTIONS), value: entryId })]),
  /** Opens a form, for three seconds. */
  trigger_id: z.string(),
  /** Takes an answer that only the one who pressed can see. */
  response_url: z.url({ protocol: /^https?$/ }),
});
export type Press = z.output<typeof press>;

const fieldState = z.object({
  value: z.string().nullish(),
  selected_options: z.array(z.object({ value: z.string() })).default([]),
});
export type FieldState = z.output<typeof fieldState>;

const submission = z.object({
  type: z.literal('view_submission'),
  user,
  view: z.object({
    callback_id: z.literal(FORM_ID),
    private_metadata: entryId,
    state: z.object({ values: z.record(z.string(), z.record(z.string(), fieldState)) }),
  }),
});
export type Submission = z.output<typeof submission>;

const interaction = z.discriminatedUnion('type', [press, submission]);
export type Interaction = z.output<typeof interaction>;

/** Null: nothing of ours. */
export function readInteraction(payload: unknown): Interaction | null {
  return interaction.safeParse(payload).data ?? null;
}

/** What stands in the one field of the form that Slack sends; undefined where that is no JSON. */
export function payloadOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new URLSearchParams(Buffer.from(body).toString()).get('payload') ?? '');
  } catch {
    return undefined;
  }
}
