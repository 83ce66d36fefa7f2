/** Slack's methods: what they check, in Slack's order, and what they do. https://docs.slack.dev/reference/methods */
import { CHANNEL_METHODS, findChannel } from './slack-channels.ts';
import { HISTORY_METHODS } from './slack-history.ts';
import {
  findMessage,
  postMessage,
  readContent,
  readThread,
  updateMessage,
  wireMessage,
} from './slack-messages.ts';
import { readLines } from './slack-reading.ts';
import { VIEW_METHODS } from './slack-views.ts';
import {
  BOT,
  needScope,
  required,
  type SlackAnswer,
  type SlackMessage,
  type SlackMethod,
  SlackRefusal,
  type SlackWorkspace,
  TEAM_URL,
  takeTurn,
} from './slack-workspace.ts';

export const SLACK_METHODS: Readonly<Record<string, SlackMethod>> = {
  ...CHANNEL_METHODS,
  ...HISTORY_METHODS,
  ...VIEW_METHODS,

  'auth.test': (_args, { teamId }) => ({
    ok: true,
    url: `${TEAM_URL}/`,
    team: 'Simulated',
    user: 'receptionist',
    team_id: teamId,
    ...BOT,
  }),

  'chat.postMessage': (args, workspace) => {
    needScope(workspace, 'chat:write');
    const channel = findChannel(args, workspace, { byName: true });
    const content = readContent(args);
    takeTurn(workspace.perChannel, channel.id, `about one message a second in #${channel.name}`);
    const thread_ts = readThread(args, channel, workspace);
    const broadcast = thread_ts !== null && String(args.reply_broadcast) === 'true';
    return accepted(postMessage(workspace, { channel, thread_ts, broadcast }, content), workspace);
  },

  'chat.update': (args, workspace) => {
    needScope(workspace, 'chat:write');
    const channel = findChannel(args, workspace, { byName: false });
    const present = findMessage(workspace, channel, required(args, 'ts'));
    const content = readContent(args);
    takeTurn(workspace.tier3, 'chat.update', 'about 50 updates a minute');
    const message = updateMessage(workspace, present, content);
    return { ...accepted(message, workspace), text: message.text };
  },

  'chat.postEphemeral': (args, workspace) => {
    needScope(workspace, 'chat:write');
    const channel = findChannel(args, workspace, { byName: true });
    const user = required(args, 'user');
    if (!workspace.users.some(({ id }) => id === user))
      throw new SlackRefusal('user_not_in_channel', [`no ${user} in #${channel.name}`]);
    const { text, blocks } = readContent(args);
    takeTurn(workspace.tier4, 'chat.postEphemeral', 'about 100 a minute');
    readThread(args, channel, workspace);
    workspace.ephemerals.push({ user, channel, text, lines: () => readLines(text, blocks) });
    return { ok: true, message_ts: workspace.nextTs() };
  },

  'chat.getPermalink': (args, workspace) => {
    const channel = findChannel(args, workspace, { byName: false });
    const { ts } = findMessage(workspace, channel, required(args, 'message_ts'));
    const permalink = `${TEAM_URL}/archives/${channel.id}/p${ts.replace('.', '')}`;
    return { ok: true, channel: channel.id, permalink };
  },

  'users.info': (args, workspace) => {
    needScope(workspace, 'users:read');
    takeTurn(workspace.tier4, 'users.info', 'about 100 a minute');
    const wanted = required(args, 'user');
    const user = workspace.users.find(({ id }) => id === wanted);
    if (!user) throw new SlackRefusal('user_not_found', [`nobody is ${wanted}`]);
    return { ok: true, user: { ...user, team_id: workspace.teamId, deleted: false, is_bot: false } };
  },
};

/** The text of a message with blocks is what a phone shows in its notification: without it, a warning. */
function accepted(message: SlackMessage, workspace: SlackWorkspace): SlackAnswer {
  const { channel, ts, text, blocks, metadata } = message;
  const silent = text.trim() === '' && blocks.length > 0;
  return {
    ok: true,
    channel: channel.id,
    ts,
    message: { ...wireMessage(message, workspace), ...(metadata === null ? {} : { metadata }) },
    ...(silent ? { warning: 'missing_text', response_metadata: { warnings: ['missing_text'] } } : {}),
  };
}
