/** What Slack tells the application of a press or a submission. https://docs.slack.dev/reference/interaction-payloads */
import { wireMessage } from './slack-messages.ts';
import { type OpenModal, wireView } from './slack-modals.ts';
import { readText } from './slack-reading.ts';
import { type SlackMessage, type SlackUser, type SlackWorkspace, TEAM_DOMAIN } from './slack-workspace.ts';

type Item = Readonly<Record<string, unknown>>;

export interface ButtonWanted {
  /** The button's action_id or its label. */
  action: string;
  /** Where several have that. */
  value?: string;
}

export function blockActions(
  workspace: SlackWorkspace,
  press: { user: SlackUser; message: SlackMessage; wanted: ButtonWanted; responseUrl: string },
): Item {
  const { user, message, wanted, responseUrl } = press;
  const { channel, ts, thread_ts } = message;
  const shown = wireMessage(message, workspace);
  const button = findButton(shown.blocks as Item[], wanted);
  return {
    type: 'block_actions',
    ...common(workspace, user),
    container: {
      ...{ type: 'message', message_ts: ts, channel_id: channel.id, is_ephemeral: false },
      ...(thread_ts === null ? {} : { thread_ts }),
    },
    trigger_id: workspace.triggers.issue({ user, modal: null }),
    channel: { id: channel.id, name: channel.name },
    message: shown,
    state: { values: {} },
    response_url: responseUrl,
    actions: [{ ...button, action_ts: workspace.nextTs() }],
  };
}

export function viewSubmission(workspace: SlackWorkspace, modal: OpenModal, values: object, user: SlackUser) {
  return {
    type: 'view_submission',
    ...common(workspace, user),
    trigger_id: workspace.triggers.issue({ user, modal }),
    view: wireView(modal, workspace, values),
    response_urls: [],
  };
}

function common({ teamId, appId }: SlackWorkspace, { id, name }: SlackUser) {
  return {
    team: { id: teamId, domain: TEAM_DOMAIN },
    user: { id, username: name, name, team_id: teamId },
    api_app_id: appId,
    token: 'a-verification-token-that-nobody-should-check',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** As it stands in `actions`. @throws where there is no such button */
function findButton(blocks: readonly Item[], { action, value }: ButtonWanted): Item {
  const buttons = blocks.flatMap((block) =>
    [...((block.elements ?? []) as Item[]), (block.accessory ?? {}) as Item]
      .filter(({ type }) => type === 'button')
      .map((element) => ({ ...pressed(element), block_id: block.block_id })),
  );
  const found = buttons.find(
    (button: Item) =>
      (button.action_id === action || readText(button.text) === action) &&
      (value === undefined || button.value === value),
  );
  if (found) return found;
  const labels = buttons.map(({ text }: Item) => readText(text));
  throw new Error(`The message has no button "${action}" now, but ${labels.join(', ') || 'none'}.`);
}

function pressed({ type, action_id, text, value, style }: Item): Item {
  return { type, action_id, text, ...(value ? { value } : {}), ...(style ? { style } : {}) };
}
