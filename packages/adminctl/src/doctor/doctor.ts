/** Everything that can be wrong between a laptop and a working phone number, in the order in which it is set up. */
import {
  type Check,
  type DaemonCheck,
  type DaemonStatus,
  type Finding,
  skipped,
} from '@receptionist/admin-api';
import { adminClient } from '../client.ts';
import type { Environment } from '../env-file.ts';
import { allTenants } from '../numbers.ts';
import type { SettingFlags, Settings } from '../settings.ts';
import { attempt } from './attempt.ts';
import { checkDaemon, type DaemonFacingCheck } from './daemon-check.ts';
import { checkOutside, type OutsideCheck } from './outside-check.ts';
import { checkSettings, type LocalCheck } from './settings-check.ts';
import { checkTwilio, type Site, type TwilioCheck } from './twilio-check.ts';

type CheckName = LocalCheck | DaemonFacingCheck | OutsideCheck | TwilioCheck | DaemonCheck;

/** A check without a line does not compile. */
const PLACE: Readonly<Record<CheckName, number>> = {
  node_version: 1,
  settings: 2,
  admin_key: 3,
  daemon: 4,
  clock: 5,
  admin_token: 6,
  database: 7,
  migrations: 8,
  escalation_engine: 9,
  slack_token: 10,
  slack_scopes: 11,
  slack_channel: 12,
  slack_signing_secret: 13,
  request_url: 14,
  twilio_token: 15,
  twilio_credentials: 16,
  number_webhooks: 17,
  number_fallback: 18,
  signature: 19,
  model: 20,
  escalation_steps: 21,
  on_call: 22,
};

export async function examine(flags: SettingFlags & { timeout: number }, env: Environment): Promise<Check[]> {
  const timeoutMs = flags.timeout * 1000;
  const { settings, findings } = await checkSettings(flags, env);
  if (!settings) return inOrder(findings, null);
  const daemon = await checkDaemon({ settings, timeoutMs });
  const { status } = daemon;
  const publicUrl = status?.public_url ?? null;
  const site = status && (await siteOf(status, settings, timeoutMs));
  const [outside, twilio] = await Promise.all([
    checkOutside({ settings, publicUrl, timeoutMs }),
    checkTwilio({ settings, site, timeoutMs }),
  ]);
  return inOrder({ ...findings, ...daemon.findings, ...outside, ...twilio }, status);
}

/** Null where the daemon's database keeps it from answering, which has its own check. */
async function siteOf(
  { public_url }: DaemonStatus,
  settings: Settings,
  timeoutMs: number,
): Promise<Site | null> {
  const tenants = await attempt(() => allTenants(adminClient(settings, { timeoutMs })));
  return 'value' in tenants ? { publicUrl: public_url, tenants: tenants.value } : null;
}

/** A newer daemon may have checks that we do not know: they come last. */
function inOrder(findings: Partial<Record<CheckName, Finding>>, status: DaemonStatus | null): Check[] {
  const ours = Object.entries(findings).map(([name, finding]) => ({ name, ...finding }));
  const looked = [...ours, ...(status?.checks ?? [])];
  const others = Object.keys(PLACE)
    .filter((name) => !looked.some((each) => each.name === name))
    .map((name) => ({ name, ...skipped('Not looked at: what stands above has to be mended first.') }));
  const place = ({ name }: Check) => PLACE[name as CheckName] ?? Number.POSITIVE_INFINITY;
  return [...looked, ...others].toSorted((a, b) => place(a) - place(b));
}
