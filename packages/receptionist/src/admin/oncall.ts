import { invalid, MOST_OVERRIDES, strangerAmong } from '@receptionist/admin-api';
import {
  type FieldError,
  type Instant,
  type OnCall,
  type Override,
  onCallNow,
  Problem,
} from '@receptionist/core';
import type { ReadVerbs } from '@receptionist/store';
import { existing, type Handlers } from './endpoints.ts';

export const onCall: Pick<Handlers, 'getOnCall' | 'putOnCall' | 'addOverride'> = {
  getOnCall: async (read, { time }) => withNow(await read.getOnCall(), await time()),

  async putOnCall(tx, { body, now }) {
    const before = await tx.getOnCall();
    const users = new Set(body.people.map(({ user }) => user));
    const kept = before.overrides.filter(({ user }) => users.has(user));
    const after: OnCall = {
      people: body.people,
      rotations: body.rotations.map((rotation) => ({ ...rotation, starts_at: exact(rotation.starts_at) })),
      overrides: body.overrides?.map(exactly) ?? kept,
    };
    await refuseUnknownTenants(tx, after);
    await tx.putOnCall(after, now);
    return {
      answer: withNow(after, now),
      audit: {
        action: 'oncall.set',
        target: 'oncall',
        before: withoutPhones(before),
        after: withoutPhones(after),
      },
    };
  },

  async addOverride(tx, { body, now }) {
    const before = await tx.getOnCall();
    const stranger = strangerAmong(before.people, body.user);
    if (stranger !== null) throw invalid('invalid_body', [{ path: 'user', message: stranger }]);
    if (before.overrides.length >= MOST_OVERRIDES) throw tooManyOverrides();
    if (body.tenant_id !== null) await existing(tx.getTenant(body.tenant_id), 'tenant', body.tenant_id);
    const override = exactly(body);
    await tx.addOverride(override, now);
    return {
      answer: withNow({ ...before, overrides: [...before.overrides, override] }, now),
      audit: { action: 'oncall.override', target: 'oncall', before: null, after: override },
    };
  },
};

function withNow(onCall: OnCall, now: Instant) {
  return { ...onCall, now: onCallNow(onCall, now) };
}

/** As the store keeps it: to the millisecond. */
function exact(at: Instant): Instant {
  return new Date(at).toISOString();
}

function exactly(override: Override): Override {
  return { ...override, starts_at: exact(override.starts_at), ends_at: exact(override.ends_at) };
}

/** @throws Problem `invalid_body` that names each place */
async function refuseUnknownTenants(read: ReadVerbs, { rotations, overrides }: OnCall): Promise<void> {
  const places = [
    ...rotations.map(({ tenant_id }, i) => ({ tenant_id, path: `rotations.${i}.tenant_id` })),
    ...overrides.map(({ tenant_id }, i) => ({ tenant_id, path: `overrides.${i}.tenant_id` })),
  ];
  const errors: FieldError[] = [];
  for (const [tenant_id, ofTenant] of Map.groupBy(places, (place) => place.tenant_id)) {
    if (tenant_id === null || (await read.getTenant(tenant_id))) continue;
    const message = `There is no tenant ${JSON.stringify(tenant_id)}.`;
    errors.push(...ofTenant.map(({ path }) => ({ path, message })));
  }
  if (errors.length > 0) throw invalid('invalid_body', errors);
}

function tooManyOverrides(): Problem {
  return new Problem(
    'invalid_body',
    `There are ${MOST_OVERRIDES} overrides, and that is the most. Send the whole with those that are over left out: PUT /admin/oncall.`,
  );
}

/** Who has one may be known, the number itself is for those who look at who is on call. */
function withoutPhones({ people, ...others }: OnCall) {
  return {
    people: people.map(({ phone, ...person }) => ({ ...person, has_phone: phone !== null })),
    ...others,
  };
}
