/** Who is on call in stories: Lex this week, then Bea. */
import type { OnCall } from '@receptionist/core';

export const LEX_PHONE = '+14155550101';
export const BEA_PHONE = '+14155550102';

export const LEX_THEN_BEA: OnCall = {
  people: [
    { user: 'lex', phone: LEX_PHONE, slack_user_id: 'U0LEX' },
    { user: 'bea', phone: BEA_PHONE, slack_user_id: 'U0BEA' },
  ],
  rotations: [
    {
      name: 'everybody',
      tenant_id: null,
      time_zone: 'America/Los_Angeles',
      every: 'week',
      starts_at: '2026-11-23T16:00:00.000Z',
      users: ['lex', 'bea'],
    },
  ],
  overrides: [],
};
