/** Whether somebody is on call whom the escalation steps can reach, now and in the days to come. */
import { type Finding, fine, worrying, wrong } from '@receptionist/admin-api';
import { type OnCall, type OnCallGap, onCallGaps, personalChannels } from '@receptionist/core';
import type { Kept } from './kept.ts';
import { some } from './some.ts';

const LOOKS_AHEAD_MS = 7 * 24 * 60 * 60 * 1000;

const MEND =
  'adminctl oncall show has all of it; mend it with adminctl oncall set FILE.yaml, or oncall override.';

export function checkOnCall({ now, tenants, onCall }: Kept): Finding {
  const channels = new Set(tenants.flatMap(({ escalation }) => personalChannels(escalation)));
  if (channels.size === 0) return fine('No escalation step turns to whoever is on call.');
  const { rotations, overrides } = onCall;
  if (rotations.length === 0 && overrides.length === 0) {
    return worrying(
      'Nobody is on call.',
      'Mentions in Slack say @here, and no phone rings.',
      'Write down who takes turns (docs/examples/oncall.yaml), and run: adminctl oncall set FILE.yaml',
    );
  }
  const until = new Date(Date.parse(now) + LOOKS_AHEAD_MS).toISOString();
  const gaps = onCallGaps(onCall, tenants, now, until);
  if (gaps.length > 0) return gapsFound(gaps, now);
  return flaws(onCall, channels.has('slack_mention')) ?? fine('Somebody can be reached for the next 7 days.');
}

function gapsFound(gaps: readonly OnCallGap[], now: string): Finding {
  const inWords = ({ tenant_id, from, why }: OnCallGap) => {
    const who = why === 'nobody' ? 'nobody is on call' : 'whoever is on call has no phone';
    return `${tenant_id}: ${who} ${from === now ? 'now' : `from ${from}`}`;
  };
  const channels = new Set(gaps.flatMap((gap) => gap.channels));
  return wrong(
    `${some(gaps.map(inWords), '; ')}.`,
    `Steps with ${[...channels].join(', ')} alert no person then; the other channels still do.`,
    MEND,
  );
}

/** What keeps nobody from being reached, and is not meant. */
function flaws({ people, rotations, overrides }: OnCall, mentions: boolean): Finding | null {
  const empty = rotations.filter(({ users }) => users.length === 0).map(({ name }) => name);
  if (empty.length > 0) {
    return worrying(
      `Nobody is in the rotation ${some(empty)}.`,
      'It is skipped, as if it were not there.',
      MEND,
    );
  }
  const planned = new Set([...rotations.flatMap(({ users }) => users), ...overrides.map(({ user }) => user)]);
  const described = new Set(people.filter((person) => person.slack_user_id !== null).map(({ user }) => user));
  const unknown = [...planned].filter((user) => !described.has(user));
  if (!mentions || unknown.length === 0) return null;
  return worrying(
    `${some(unknown)} ${unknown.length === 1 ? 'has' : 'have'} no slack_user_id.`,
    'When they are on call, mentions in Slack say @here.',
    MEND,
  );
}
