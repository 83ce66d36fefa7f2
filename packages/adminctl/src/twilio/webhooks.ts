/** Where Twilio shall send the calls and texts of a number, and what there is to say about where it sends them now. */
import type { NumberSetting, NumberSettings, TwilioNumber } from './rest.ts';

/**
 * Read by Twilio and never sent: ask again, twice, where we do not answer in time or with a 5xx. All tries must fit into
 * the 15 s that a call waits. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
const RETRIES = '#ct=2000&rt=4000&rc=2&rp=5xx,ct,rt';

export const WEBHOOK = '/twilio/webhook';

/** `fallbackUrl`: of a file that is hosted elsewhere, so that a caller hears a sentence when our whole site is down. */
export function numberSettings(publicUrl: string, fallbackUrl: string | null): NumberSettings {
  const webhook = `${publicUrl}${WEBHOOK}${RETRIES}`;
  return {
    voice_url: webhook,
    voice_method: 'POST',
    voice_fallback_url: fallbackUrl ?? webhook,
    // Most hosts of plain files take GET alone.
    voice_fallback_method: fallbackUrl ? 'GET' : 'POST',
    status_callback: `${publicUrl}/twilio/status/call${RETRIES}`,
    status_callback_method: 'POST',
    sms_url: webhook,
    sms_method: 'POST',
    sms_fallback_url: webhook,
    sms_fallback_method: 'POST',
  };
}

export interface Difference {
  setting: NumberSetting;
  before: string;
  after: string;
}

export function differences(before: NumberSettings, after: NumberSettings): Difference[] {
  return (Object.keys(after) as NumberSetting[])
    .filter((setting) => (before[setting] ?? '') !== after[setting])
    .map((setting) => ({ setting, before: before[setting] ?? '', after: after[setting] }));
}

/** The fallback that is hosted elsewhere already, or null. */
export function independentFallback(
  { voice_fallback_url }: Pick<NumberSettings, 'voice_fallback_url'>,
  publicUrl: string,
): string | null {
  const set = URL.parse(voice_fallback_url ?? '');
  return set && set.host !== new URL(publicUrl).host ? voice_fallback_url : null;
}

/** The same address, whatever the overrides behind it say. */
export function isSameAddress(one: string, other: string): boolean {
  return one.replace(/#.*$/, '') === other.replace(/#.*$/, '');
}

/** What takes the addresses of a number out of use, in words. */
export function overriddenBy({
  voice_application_sid,
  trunk_sid,
  sms_application_sid,
}: TwilioNumber): string[] {
  return [
    ...(trunk_sid ? [`trunk ${trunk_sid} takes its calls`] : []),
    ...(voice_application_sid ? [`application ${voice_application_sid} takes its calls`] : []),
    ...(sms_application_sid ? [`application ${sms_application_sid} takes its texts`] : []),
  ];
}
