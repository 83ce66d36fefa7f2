import { existing, type Handlers } from './endpoints.ts';

export const conversations: Pick<Handlers, 'listConversations' | 'getConversation'> = {
  async listConversations(read, { params: { tenant_id }, query: { limit, cursor = null } }) {
    await existing(read.getTenant(tenant_id), 'tenant', tenant_id);
    return read.listConversations(tenant_id, { limit, cursor });
  },

  getConversation: (read, { params: { tenant_id, conversation_id } }) =>
    existing(read.getConversation(tenant_id, conversation_id), 'conversation', conversation_id),
};
