/** Which deliveries a step makes: through which of the ways that are configured, to which destination, for whom. */
import type { AlertChannel, Destination } from './dispatch.ts';
import type { Person } from './oncall.ts';
import type { EscalationChannel, Tenant } from './tenant.ts';

/** What this daemon can reach people through. */
export interface Ways {
  /** Null: alerts that should go to Slack go to the log. `channel`: for tenants without one of their own. */
  slack: { channel: string } | null;
  pagerduty: boolean;
  /** Whether texts and calls can be made. */
  phone: boolean;
}

/** A delivery before it is a row. */
export interface PlannedDelivery {
  channel: AlertChannel;
  destination: Destination | null;
  /** Who is texted or rung, by admin name. */
  person: string | null;
  /** Why nothing can be sent; null: it waits to be. */
  skipped: string | null;
}

/** What every tenant has that names none of its own (contract of `slack_channel`). */
const DEFAULT_SLACK_CHANNEL = '#human-fallback';

/** The channel that the alerts of a tenant are posted in: a name with `#`, or an id. */
export function slackChannelOf({ slack_channel }: Pick<Tenant, 'slack_channel'>, otherwise: string): string {
  return slack_channel === DEFAULT_SLACK_CHANNEL ? otherwise : slack_channel;
}

/** What it takes to say where a step goes. */
export interface Reach {
  ways: Ways;
  tenant: Pick<Tenant, 'slack_channel'>;
  /** Who is texted. */
  onCall: readonly Person[];
  /** Who is rung first, second, … */
  callOrder: readonly Person[];
}

/**
 * A way that is not there, or that reaches nobody, is skipped at once and says why: the other ways of the step, and the next
 * step, are what is left.
 */
export function planAlerts(channels: readonly EscalationChannel[], reach: Reach): PlannedDelivery[] {
  return channels.flatMap((channel) => PLANS[channel](reach));
}

const PLANS: Readonly<Record<EscalationChannel, (reach: Reach) => PlannedDelivery[]>> = {
  slack: (reach) => [inSlack('slack', reach)],
  slack_mention: (reach) => [inSlack('slack_mention', reach)],
  pagerduty: ({ ways }) => [
    ways.pagerduty ? to('pagerduty', 'pagerduty') : skip('pagerduty', 'PAGERDUTY_ROUTING_KEY is not set'),
  ],
  text: ({ ways, onCall }) => byPhone('text', ways, onCall),
  // The next one is rung when this one passes it on, or does not answer.
  call: ({ ways, callOrder }) => byPhone('call', ways, callOrder).slice(0, 1),
};

function inSlack(channel: 'slack' | 'slack_mention', { ways, tenant }: Reach): PlannedDelivery {
  if (!ways.slack) return to('log', 'log');
  return to(channel, `slack:${slackChannelOf(tenant, ways.slack.channel)}`);
}

function byPhone(channel: 'text' | 'call', ways: Ways, people: readonly Person[]): PlannedDelivery[] {
  if (!ways.phone) return [skip(channel, 'TWILIO_ACCOUNT_SID and its token are not set')];
  if (people.length === 0) return [skip(channel, 'nobody is on call')];
  const reachable = people.flatMap(({ user, phone }) =>
    phone === null ? [] : [to(channel, `${channel}:${phone}`, user)],
  );
  return reachable.length > 0 ? reachable : [skip(channel, 'nobody who is on call has a phone number')];
}

function to(channel: AlertChannel, destination: Destination, person: string | null = null): PlannedDelivery {
  return { channel, destination, person, skipped: null };
}

function skip(channel: AlertChannel, why: string): PlannedDelivery {
  return { channel, destination: null, person: null, skipped: why };
}
