import { type Handlers, withInstants } from './endpoints.ts';

export const audit: Pick<Handlers, 'listAudit'> = {
  listAudit: (read, { query: { limit, cursor = null, ...filter } }) =>
    read.listAudit(withInstants(filter), { limit, cursor }),
};
