/** What of a tenant can be said in flags; a file says the rest. */
import { Flags } from '@oclif/core';

export const tenantFields = {
  name: Flags.string({ description: 'name of the business', helpValue: 'NAME' }),
  'time-zone': Flags.string({ description: 'IANA name, for example Europe/Berlin', helpValue: 'ZONE' }),
  number: Flags.string({
    description: 'number that callers dial, in E.164; may repeat',
    helpValue: 'NUMBER',
    multiple: true,
    multipleNonGreedy: true,
  }),
  locale: Flags.string({ description: 'language tag, for example en-US', helpValue: 'TAG' }),
  greeting: Flags.string({ description: 'first words of a call', helpValue: 'TEXT' }),
  'slack-channel': Flags.string({ description: 'where its alerts go', helpValue: 'CHANNEL' }),
  'retention-days': Flags.integer({ description: 'how long calls are kept', helpValue: 'DAYS', min: 1 }),
};

interface TenantFields {
  name?: string | undefined;
  'time-zone'?: string | undefined;
  number?: string[] | undefined;
  locale?: string | undefined;
  greeting?: string | undefined;
  'slack-channel'?: string | undefined;
  'retention-days'?: number | undefined;
}

/** The members that were named, under their names in the API. */
export function tenantMembers(flags: TenantFields): Record<string, unknown> {
  const { name, locale, greeting, number: numbers } = flags;
  const members = {
    name,
    time_zone: flags['time-zone'],
    numbers,
    locale,
    greeting,
    slack_channel: flags['slack-channel'],
    retention_days: flags['retention-days'],
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
