/** Whether the daemon is there, has the same time, takes our token, and how it finds itself. */
import {
  type DaemonStatus,
  type Finding,
  fine,
  ROUTES,
  skipped,
  worrying,
  wrong,
} from '@receptionist/admin-api';
import { adminClient } from '../client.ts';
import type { Failure } from '../failure.ts';
import { span } from '../moments.ts';
import type { Settings } from '../settings.ts';
import { type Attempt, attempt, failed } from './attempt.ts';
import { askHealth } from './health.ts';

export type DaemonFacingCheck = 'daemon' | 'clock' | 'admin_token';

/** `status` is null where the daemon could not be asked for it. */
export async function checkDaemon({
  settings,
  timeoutMs,
}: {
  settings: Settings;
  timeoutMs: number;
}): Promise<{ status: DaemonStatus | null; findings: Record<DaemonFacingCheck, Finding> }> {
  const { apiUrl } = settings;
  const health = await attempt(() => askHealth(apiUrl, timeoutMs));
  if ('failure' in health) {
    const daemon = wrong(
      health.failure.message,
      'No command that asks the daemon works, and nobody answers callers if it is down.',
      'Start it (bin/receptionistd, or adminctl stack up --embedded), or mend ADMIN_API_URL.',
    );
    const notAsked = skipped('Not looked at: the daemon cannot be reached.');
    return { status: null, findings: { daemon, clock: notAsked, admin_token: notAsked } };
  }
  const { version, date } = health.value;
  const key = await attempt(settings.adminKey);
  const status =
    'failure' in key
      ? null
      : await attempt(() => adminClient(settings, { timeoutMs }).call(ROUTES.getStatus, {}));
  return {
    status: status && 'value' in status ? status.value : null,
    findings: {
      daemon: fine(`receptionistd ${version} answers at ${apiUrl}.`),
      clock: checkClock(date, new Date()),
      admin_token: checkToken(status, settings.adminUser),
    },
  };
}

/** Of a token's 60 s the daemon allows half a minute for clocks; the header counts whole seconds. */
function checkClock(date: string | null, now: Date): Finding {
  const ahead = now.getTime() - Date.parse(date ?? '');
  if (Number.isNaN(ahead)) return skipped('The daemon sends no Date.');
  if (Math.abs(ahead) < 10_000) return fine('Both clocks agree within 10 s.');
  const found = `This clock is ${span(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'} the daemon's.`;
  const fix = 'Set both clocks by the network: timedatectl set-ntp true, or the settings of date and time.';
  return Math.abs(ahead) > 30_000
    ? wrong(found, 'Tokens look too old or not yet valid, and are refused.', fix)
    : worrying(found, 'More than 30 s, and tokens are refused.', fix);
}

function checkToken(status: Attempt<unknown> | null, user: string): Finding {
  if (status === null) return skipped('Not looked at: there is no key to sign one with.');
  if ('value' in status) return fine(`The daemon takes it, and knows you as ${user}.`);
  return refused(status.failure);
}

function refused(failure: Failure): Finding {
  if (failure.code === 'not_found' || failure.code === 'method_not_allowed') {
    return worrying(
      'The daemon takes the token, and is too old to say how it is.',
      'What it depends on could not be looked at.',
      'Upgrade the daemon to the version of adminctl.',
    );
  }
  return failed(failure, 'The daemon refuses every command.');
}
