import type { OnCall, Override } from '@receptionist/core';
import { expect, it } from 'vitest';
import { at, seedTenant } from './seeds.ts';
import type { Fresh } from './store-conformance.ts';

const DAY = 86_400;

function anOverride(changes: Partial<Override> = {}): Override {
  return { user: 'mo', tenant_id: null, starts_at: at(0), ends_at: at(DAY), ...changes };
}

function aRota(changes: Partial<OnCall> = {}): OnCall {
  return {
    people: [
      { user: 'mo', phone: '+14155550123', slack_user_id: 'U0MO' },
      { user: 'Élise 👩‍⚕️', phone: null, slack_user_id: null },
      { user: 'ana', phone: null, slack_user_id: null },
    ],
    rotations: [
      {
        ...{ name: 'week', tenant_id: null, time_zone: 'Europe/Berlin', every: 'week', starts_at: at(0) },
        users: ['mo', 'ana', 'mo', 'Élise 👩‍⚕️'],
      },
      { name: 'empty', tenant_id: 't1', time_zone: 'UTC', every: 'hour', starts_at: at(0), users: [] },
    ],
    overrides: [anOverride({ tenant_id: 't1', ends_at: at(9) }), anOverride({ user: 'ana' }), anOverride()],
    ...changes,
  };
}

export function onCallConforms(fresh: Fresh): void {
  const put = (onCall: OnCall) => fresh().transact((tx) => tx.putOnCall(onCall, at(0)));
  const add = (override: Override) => fresh().transact((tx) => tx.addOverride(override, at(0)));

  it('is empty at first, and then as it was put, in the same order', async () => {
    await seedTenant(fresh());
    expect(await fresh().read.getOnCall()).toEqual({ people: [], rotations: [], overrides: [] });
    await put(aRota());
    expect(await fresh().read.getOnCall()).toEqual(aRota());
    expect(await fresh().transact((tx) => tx.getOnCall())).toEqual(aRota());
  });

  it('is replaced as a whole', async () => {
    await seedTenant(fresh());
    await put(aRota());
    const people = aRota().people.toReversed();
    await put({ people, rotations: [], overrides: [] });
    expect(await fresh().read.getOnCall()).toEqual({ people, rotations: [], overrides: [] });
  });

  it('takes an override after those that are there', async () => {
    await seedTenant(fresh());
    await put(aRota());
    const added = anOverride({ user: 'new' });
    await add(added);
    expect((await fresh().read.getOnCall()).overrides).toEqual([...aRota().overrides, added]);
  });

  it('belongs to tenants that are there', async () => {
    await expect(add(anOverride({ tenant_id: 't9' }))).rejects.toThrow();
    expect((await fresh().read.getOnCall()).overrides).toEqual([]);
  });

  it('loses no change of those who change it by what they read at the same moment', async () => {
    await put({ people: [], rotations: [], overrides: [] });
    const users = Array.from({ length: 8 }, (_, i) => `user-${i}`);
    await Promise.all(
      users.map((user) =>
        fresh().transact(async (tx) => {
          const { people, ...others } = await tx.getOnCall();
          const added = { user, phone: null, slack_user_id: null };
          await tx.putOnCall({ ...others, people: [...people, added] }, at(0));
        }),
      ),
    );
    const { people } = await fresh().read.getOnCall();
    expect(people.map(({ user }) => user).sort()).toEqual(users);
  });

  it('forgets overrides a month after their end', async () => {
    const [ended, longer] = [anOverride(), anOverride({ ends_at: at(DAY + 1) })];
    await put({ people: [], rotations: [], overrides: [ended, longer] });
    await fresh().transact((tx) => tx.forgetExpired(at(31 * DAY)));
    expect((await fresh().read.getOnCall()).overrides).toEqual([ended, longer]);
    await fresh().transact((tx) => tx.forgetExpired(at(31 * DAY + 1)));
    expect((await fresh().read.getOnCall()).overrides).toEqual([longer]);
  });
}
