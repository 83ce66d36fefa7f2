/** What lets an application open a modal: a person has just pressed something. https://docs.slack.dev/interactivity */
import { randomBytes } from 'node:crypto';
import type { OpenModal } from './slack-modals.ts';
import { SlackRefusal, type SlackUser } from './slack-workspace.ts';

export interface Trigger {
  user: SlackUser;
  /** What it was pressed in; null: in a message. */
  modal: OpenModal | null;
}

export interface Triggers {
  issue: (trigger: Trigger) => string;
  /** Once, within 3 s. @throws SlackRefusal */
  exchange: (id: string) => Trigger;
}

const LIFETIME_MS = 3_000;

export function createTriggers(now: () => number): Triggers {
  const issued = new Map<string, { trigger: Trigger; at: number; exchanged: boolean }>();
  return {
    issue: (trigger) => {
      const id = `${issued.size + 1}.${Math.floor(now())}.${randomBytes(16).toString('hex')}`;
      issued.set(id, { trigger, at: now(), exchanged: false });
      return id;
    },
    exchange: (id) => {
      const found = issued.get(id);
      if (!found) throw new SlackRefusal('invalid_trigger_id', [`no trigger ${id}`]);
      if (found.exchanged) throw new SlackRefusal('exchanged_trigger_id', ['it was used before']);
      if (now() - found.at > LIFETIME_MS)
        throw new SlackRefusal('expired_trigger_id', [`older than ${LIFETIME_MS} ms`]);
      found.exchanged = true;
      return found.trigger;
    },
  };
}
