/** What `adminctl doctor` prints a line of: the daemon answers its part of them, the command line adds its own. */
import { z } from 'zod';

export const CHECK_STATUSES = ['ok', 'warn', 'fail', 'skipped'] as const;

export const check = z.object({
  name: z.string(),
  status: z.enum(CHECK_STATUSES),
  found: z.string(),
  /** Null, like `fix`, where there is nothing to mend. */
  meaning: z.string().nullable(),
  fix: z.string().nullable(),
});
export type Check = z.output<typeof check>;
export type Finding = Omit<Check, 'name'>;

/** What only the daemon can look at, in the order of a first set-up. */
export const DAEMON_CHECKS = [
  'database',
  'migrations',
  'escalation_engine',
  'slack_token',
  'slack_scopes',
  'slack_channel',
  'slack_signing_secret',
  'twilio_token',
  'model',
  'escalation_steps',
  'on_call',
] as const;
export type DaemonCheck = (typeof DAEMON_CHECKS)[number];

export const statusAnswer = z.object({
  version: z.string(),
  app_env: z.string(),
  /** Over which signatures are computed. */
  public_url: z.string(),
  checks: z.array(check),
});
export type DaemonStatus = z.output<typeof statusAnswer>;

/** What has to be mended: found, what that means, what to do. */
type Words = [found: string, meaning: string, fix: string];

export const fine = (found: string): Finding => ({ status: 'ok', found, meaning: null, fix: null });
export const skipped = (found: string): Finding => ({ status: 'skipped', found, meaning: null, fix: null });
export const worrying = (...words: Words): Finding => finding('warn', words);
export const wrong = (...words: Words): Finding => finding('fail', words);

function finding(status: 'warn' | 'fail', [found, meaning, fix]: Words): Finding {
  return { status, found, meaning, fix };
}
