import { describe, expect, it } from 'vitest';
import { planAlerts, slackChannelOf, type Ways } from './alerts.ts';
import type { Person } from './oncall.ts';
import { ESCALATION_CHANNELS } from './tenant.ts';

const EVERYTHING: Ways = { slack: { channel: '#front-desk' }, pagerduty: true, phone: true };
const NOTHING: Ways = { slack: null, pagerduty: false, phone: false };

const lex: Person = { user: 'lex', phone: '+15005550101', slack_user_id: null };
const kim: Person = { user: 'kim', phone: '+15005550102', slack_user_id: null };
const mute: Person = { user: 'mute', phone: null, slack_user_id: null };

function plan(channels: Parameters<typeof planAlerts>[0], ways = EVERYTHING, people: Person[] = [lex, kim]) {
  const tenant = { slack_channel: '#human-fallback' };
  return planAlerts(channels, { ways, tenant, onCall: people, callOrder: people }).map(
    ({ channel, destination, person, skipped }) =>
      [channel, destination ?? `skipped: ${skipped}`, person].filter((word) => word !== null).join(' '),
  );
}

describe('planAlerts', () => {
  it('texts all who are on call, and rings the first', () => {
    expect(plan(['slack_mention', 'pagerduty', 'text', 'call'])).toEqual([
      'slack_mention slack:#front-desk',
      'pagerduty pagerduty',
      'text text:+15005550101 lex',
      'text text:+15005550102 kim',
      'call call:+15005550101 lex',
    ]);
  });

  it('passes over whoever has no phone', () => {
    expect(plan(['text', 'call'], EVERYTHING, [mute, kim])).toEqual([
      'text text:+15005550102 kim',
      'call call:+15005550102 kim',
    ]);
  });

  it.each([
    ['nobody is on call', []],
    ['nobody who is on call has a phone number', [mute]],
  ])('says that %s', (why, people) => {
    expect(plan(['text', 'call'], EVERYTHING, people)).toEqual([
      `text skipped: ${why}`,
      `call skipped: ${why}`,
    ]);
  });

  it('says which setting a way lacks, and writes to the log in place of Slack', () => {
    expect(plan(['slack'], NOTHING)).toEqual(['log log']);
    expect(plan(['pagerduty'], NOTHING)).toEqual(['pagerduty skipped: PAGERDUTY_ROUTING_KEY is not set']);
    expect(plan(['text', 'call'], NOTHING)).toEqual([
      'text skipped: TWILIO_ACCOUNT_SID and its token are not set',
      'call skipped: TWILIO_ACCOUNT_SID and its token are not set',
    ]);
  });

  it.each(ESCALATION_CHANNELS)(
    'makes something of %s, whatever is configured and whoever is there',
    (way) => {
      for (const ways of [EVERYTHING, NOTHING]) {
        for (const people of [[], [mute], [lex, kim]]) expect(plan([way], ways, people)).not.toEqual([]);
      }
    },
  );
});

describe('slackChannelOf', () => {
  it("is the tenant's own, or the daemon's for a tenant that names none", () => {
    expect(slackChannelOf({ slack_channel: 'C0123' }, '#front-desk')).toBe('C0123');
    expect(slackChannelOf({ slack_channel: '#human-fallback' }, '#front-desk')).toBe('#front-desk');
  });
});
