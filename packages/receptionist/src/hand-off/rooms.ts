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
      const { hand_off_id } = handOff;
      if (news.what === 'on_the_way') await tell(hand_off_id, { news: 'caller_waits' });
      if (news.what === 'came') await welcome(handOff, news);
      if (news.what === 'hung_up' && news.who === 'caller') await tell(hand_off_id, { news: 'caller_left' });
    },
  };

  /** Who comes second makes it a conversation. */
  async function welcome(found: HandOff, { who }: RoomNews): Promise<void> {
    const { hand_off_id } = found;
    const handOff = who === 'caller' ? await tell(hand_off_id, { news: 'caller_waits' }) : found;
    const person = handOff?.legs.find(
      ({ leg_id, state }) => state === 'accepted' && (who === 'caller' || leg_id === who.leg_id),
    );
    if (handOff?.place === 'waiting' && person)
      await tell(hand_off_id, { news: 'bridged', leg_id: person.leg_id });
  }
}
