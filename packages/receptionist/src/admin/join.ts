import { type Entry, Problem, type Tenant } from '@receptionist/core';
import type { Verbs } from '@receptionist/store';
import { auditOf } from './audited-move.ts';
import { existing, type Handlers } from './endpoints.ts';

export function createJoin({
  canCall,
}: {
  /** Whether calls of ours can be placed in the name of the tenant. */
  canCall: (tenant: Tenant) => boolean;
}): Pick<Handlers, 'joinEntry'> {
  return {
    async joinEntry(tx, { params: { entry_id }, body: { phone }, actor: person, now }) {
      // Not held: the conversation is locked before its entry, as by a turn.
      const told = await existing(tx.toldEntry(entry_id), 'fallback entry', entry_id);
      const { entry } = told;
      if (entry.context.simulated === true) throw nobodyThere(entry);
      const { ring_seconds } = (await callingTenant(tx, entry)).hand_off;
      const { hand_off_id } = await tx.joinEntry({ entry_id, phone, person, ring_seconds }, now);
      const after = await existing(tx.getEntry(entry_id), 'fallback entry', entry_id);
      return {
        answer: after,
        audit: auditOf({ move: 'join' }, entry, after),
        ring: { kind: 'hand_off', id: hand_off_id },
      };
    },
  };

  async function callingTenant(tx: Verbs, { tenant_id }: Entry): Promise<Tenant> {
    const tenant = await existing(tx.getTenant(tenant_id), 'tenant', tenant_id);
    if (canCall(tenant)) return tenant;
    throw new Problem(
      'unavailable',
      `There is no Twilio account to call with in the name of ${tenant_id}, so no phone can be rung. ${
        tenant.twilio_account_sid === null
          ? 'Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of the daemon.'
          : `Put the token of ${tenant.twilio_account_sid} into TWILIO_ACCOUNTS of the daemon.`
      } Meanwhile call back by hand, and say so with \`adminctl fallback engage\`.`,
    );
  }
}

function nobodyThere({ entry_id }: Entry): Problem {
  return new Problem(
    'conflict',
    `The caller of ${entry_id} is a simulation: there is nobody to be put through to. Resolve it with a note.`,
  );
}
