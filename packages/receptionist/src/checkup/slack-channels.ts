import { slackChannelOf, type Tenant } from '@receptionist/core';

/** Every channel that an alert could go to: that of the settings and those of tenants. */
export function slackChannels(tenants: readonly Tenant[], ofSettings: string): string[] {
  return [...new Set([ofSettings, ...tenants.map((tenant) => slackChannelOf(tenant, ofSettings))])];
}
