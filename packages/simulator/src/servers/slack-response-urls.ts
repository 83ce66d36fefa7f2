/**
 * The address that comes with a press: for half an hour, five times, an application answers there without a token.
 * https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
import { randomBytes } from 'node:crypto';
import { type Answer, jsonAnswer } from './loopback.ts';
import { postMessage, readContent, updateMessage } from './slack-messages.ts';
import { readLines } from './slack-reading.ts';
import {
  type SlackArguments,
  type SlackMessage,
  SlackRefusal,
  type SlackUser,
  type SlackWorkspace,
} from './slack-workspace.ts';

export interface ResponseUrls {
  /** The path of a new one. */
  issue: (press: { user: SlackUser; message: SlackMessage }) => string;
  /** @throws SlackRefusal, which is answered with 404 or 400 here */
  respond: (path: string, args: SlackArguments) => void;
}

const USES = 5;
const LIFETIME_MS = 30 * 60_000;

export const RESPONSE_PATH = '/actions/';

export function createResponseUrls(workspace: SlackWorkspace): ResponseUrls {
  const { now, teamId } = workspace;
  const issued = new Map<
    string,
    { user: SlackUser; message: SlackMessage; expiresAt: number; left: number }
  >();

  function respond(path: string, args: SlackArguments): void {
    const found = issued.get(path);
    if (!found) throw new SlackRefusal('no_such_url', ['no response_url of this workspace']);
    if (now() > found.expiresAt) throw new SlackRefusal('expired_url', ['older than 30 minutes']);
    if (found.left === 0) throw new SlackRefusal('used_url', [`used ${USES} times`]);
    found.left -= 1;
    const present = workspace.present.get(found.message.ts);
    if (args.delete_original === true) {
      workspace.present.delete(found.message.ts);
      return;
    }
    const content = readContent(args);
    const { channel, thread_ts } = found.message;
    if (args.replace_original === true) {
      if (present) updateMessage(workspace, present, content);
    } else if (args.response_type === 'in_channel') {
      postMessage(workspace, { channel, thread_ts, broadcast: false }, content);
    } else {
      const { text, blocks } = content;
      workspace.ephemerals.push({
        ...{ user: found.user.id, channel, text },
        lines: () => readLines(text, blocks),
      });
    }
  }

  return {
    issue: ({ user, message }) => {
      const secret = randomBytes(12).toString('hex');
      const path = `${RESPONSE_PATH}${teamId}/${issued.size + 1}/${secret}`;
      issued.set(path, { user, message, expiresAt: now() + LIFETIME_MS, left: USES });
      return path;
    },
    respond,
  };
}

const GONE = ['no_such_url', 'expired_url', 'used_url'];

export function responseRefused({ error }: SlackRefusal): Answer {
  return jsonAnswer({ ok: false, error }, GONE.includes(error) ? 404 : 400);
}
