/** Who is on call: people, rotations and overrides, as `oncall set` and the API take them. */
import { HANDOVERS, type OnCall, type Person } from '@receptionist/core';
import { z } from 'zod';
import { adminUser, line, phone, plannedInstant } from './schemas.ts';
import { nearest } from './suggestion.ts';
import { distinctList, tenantId, timeZone } from './tenant.ts';

/** Null: for all tenants. */
const scope = tenantId.nullable().default(null);

const person = z.strictObject({
  user: adminUser,
  phone: phone.nullable().default(null),
  slack_user_id: z
    .string()
    .regex(
      /^[UW][A-Z0-9]{2,}$/,
      "It must be a member's id in Slack, for example U0LEX1234 (Profile, Copy member ID).",
    )
    .nullable()
    .default(null),
});

const rotation = z.strictObject({
  name: line(100),
  tenant_id: scope,
  time_zone: timeZone,
  every: z.enum(HANDOVERS),
  starts_at: plannedInstant.describe(
    'days and weeks are handed over at the time of day that this is in time_zone',
  ),
  users: z.array(adminUser).max(100, 'There may be 100 at most.').describe('in the order of their turns'),
});

export const overrideBody = z
  .strictObject({ user: adminUser, tenant_id: scope, starts_at: plannedInstant, ends_at: plannedInstant })
  .refine(({ starts_at, ends_at }) => Date.parse(starts_at) < Date.parse(ends_at), {
    path: ['ends_at'],
    error: 'It must come after starts_at.',
  });

export const MOST_OVERRIDES = 1000;

const people = distinctList(person, 500, ({ user }) => user).superRefine((all, context) => {
  const ids = all.map(({ slack_user_id }) => slack_user_id);
  for (const [index, id] of ids.entries()) {
    const first = ids.indexOf(id);
    if (id === null || first === index) continue;
    const message = `${id} is ${all[first]?.user} already.`;
    context.addIssue({ code: 'custom', path: [index, 'slack_user_id'], message });
  }
});

export const onCallBody = z
  .strictObject({
    people,
    rotations: distinctList(rotation, 200, ({ name }) => name),
    overrides: z
      .array(overrideBody)
      .max(MOST_OVERRIDES, `There may be ${MOST_OVERRIDES} at most.`)
      .exactOptional()
      .describe('left out: those that are there stay'),
    now: z.unknown().optional().describe('as GET answers it; it is worked out and not kept'),
  })
  .superRefine(({ people, rotations, overrides = [] }, context) => {
    const named = [
      ...rotations.flatMap(({ users }, i) =>
        users.map((user, j) => ({ user, path: ['rotations', i, 'users', j] })),
      ),
      ...overrides.map(({ user }, i) => ({ user, path: ['overrides', i, 'user'] })),
    ];
    for (const { user, path } of named) {
      const message = strangerAmong(people, user);
      if (message !== null) context.addIssue({ code: 'custom', path, message });
    }
  });
/** As somebody may write it. */
export type OnCallBody = z.input<typeof onCallBody>;

/** What to say of a user whom nobody of these is; null where somebody is. */
export function strangerAmong(people: readonly Pick<Person, 'user'>[], user: string): string | null {
  const users = people.map((person) => person.user);
  if (users.includes(user)) return null;
  const meant = nearest(user, users);
  return `${JSON.stringify(user)} is not among the people.${meant === null ? '' : ` Did you mean ${JSON.stringify(meant)}?`}`;
}

export const onCallAnswer = z.object({
  people: z.array(person),
  rotations: z.array(rotation),
  overrides: z.array(overrideBody),
  now: z.array(z.object({ tenant_id: z.string().nullable(), user: z.string() })),
}) satisfies z.ZodType<OnCall>;
