/** What `adminctl doctor` cannot see from outside: the daemon looks at itself and at what it depends on. */
import {
  DAEMON_CHECKS,
  type DaemonCheck,
  type DaemonStatus,
  type Finding,
  fine,
  skipped,
  wrong,
} from '@receptionist/admin-api';
import { isPlaceholder } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import type { Config } from '../config.ts';
import type { Readiness } from '../http/readiness.ts';
import { version } from '../version.ts';
import { checkModel } from './model-check.ts';
import { slackChannels } from './slack-channels.ts';
import { checkSlack, type SlackSettings } from './slack-check.ts';

export function createCheckup({
  config,
  publicUrl,
  store,
  readiness,
}: {
  config: Config;
  publicUrl: string;
  store: Store;
  readiness: () => Promise<Readiness>;
}): () => Promise<DaemonStatus> {
  const slack: SlackSettings = {
    token: config.SLACK_BOT_TOKEN,
    signingSecret: config.SLACK_SIGNING_SECRET,
    apiUrl: config.SLACK_API_URL,
  };
  return async () => {
    const [{ parts }, ofSlack, model] = await Promise.all([
      readiness(),
      slackChannels(store, config.SLACK_CHANNEL).then((channels) => checkSlack(slack, channels)),
      checkModel(config),
    ]);
    const findings: Record<DaemonCheck, Finding> = {
      database: partFinding(parts['database'], DATABASE),
      migrations: partFinding(parts['migrations'], MIGRATIONS),
      escalation_engine: partFinding(parts['escalation_engine'], ENGINE),
      ...ofSlack,
      twilio_token: checkTwilioToken(config),
      model,
      on_call: skipped('This version keeps no rota: alerts go to the channel, for whoever is there.'),
    };
    const checks = DAEMON_CHECKS.map((name) => ({ name, ...findings[name] }));
    return { version, app_env: config.APP_ENV, public_url: publicUrl, checks };
  };
}

interface PartWords {
  /** Said where the part is not this daemon's. */
  elsewhere: string;
  well: string;
  meaning: string;
  fix: string;
}

const DATABASE: PartWords = {
  elsewhere: 'This daemon has none.',
  well: 'It answers.',
  meaning: 'Callers hear an apology, and nothing they say can be kept.',
  fix: 'Is it running, may the daemon read and write it, is the disk full? docs/operations.md, "What to watch".',
};
const MIGRATIONS: PartWords = {
  elsewhere: 'This daemon has no database.',
  well: 'Nothing is pending.',
  meaning: 'The program is newer than the schema: requests that need what is missing fail.',
  fix: 'Run: adminctl migrate up',
};
const ENGINE: PartWords = {
  elsewhere: 'Another daemon runs it (this one has the role web).',
  well: 'Its last full cycle is recent.',
  meaning: 'Alerts may not leave; their rows wait safely.',
  fix: "Read the daemon's log: it names the step that fails. A daemon that has just started needs a second.",
};

function partFinding(said: string | undefined, { elsewhere, well, meaning, fix }: PartWords): Finding {
  if (said === undefined) return skipped(elsewhere);
  return said === 'ok' ? fine(well) : wrong(said, meaning, fix);
}

const COPY_TOKEN =
  "Copy the primary auth token from the first page of Twilio's console into TWILIO_AUTH_TOKEN at the daemon, and restart it.";

function checkTwilioToken({ TWILIO_AUTH_TOKEN: token, TWILIO_ACCOUNTS: accounts }: Config): Finding {
  const refused = 'The daemon refuses every call and text with 403.';
  if (token && isPlaceholder(token)) return wrong('TWILIO_AUTH_TOKEN is a placeholder.', refused, COPY_TOKEN);
  if (token || accounts) return fine('The daemon has one.');
  return wrong('The daemon has no TWILIO_AUTH_TOKEN.', refused, COPY_TOKEN);
}
