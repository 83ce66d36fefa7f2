/** Who comes into a room and who leaves it. */
import type { HandOff } from '@receptionist/core';
import type { Store } from '@receptionist/store';
import { isForeign } from '../conversation/turns.ts';
import type { RoomNews } from '../webhooks/hand-off-line.ts';
import type { TellHandOff } from './news.ts';

export interface Rooms {
  hear(news: RoomNews): Promise<void>;
}

export function createRooms({ store, tell }: { store: Pick<Store, 'read'>; tell: TellHandOff }): Rooms {
  return {
    async hear(news) {
      const handOff = await store.read.handOffOfCall(news.call_id);
      const tenant = handOff && (await store.read.getTenant(handOff.tenant_id));
      if (!handOff || !tenant || isForeign(tenant, news.account_id)) return;
      await tellOf(handOff, news.what);
    },
  };

  async function tellOf({ hand_off_id, legs }: HandOff, what: RoomNews['what']): Promise<void> {
    switch (what) {
      case 'caller_comes':
        await tell(hand_off_id, { news: 'caller_waits' });
        return;
      case 'caller_hung_up':
        await tell(hand_off_id, { news: 'caller_left' });
        return;
      case 'begins': {
        const person = legs.find(({ state }) => state === 'accepted');
        if (person) await tell(hand_off_id, { news: 'bridged', leg_id: person.leg_id });
      }
    }
  }
}
