/** The room in which a caller waits for a person: a conference, which the telephone company forgets when both have left. */

/** Its name, unique in the account. */
export function roomOf({ tenant_id, provider_id }: { tenant_id: string; provider_id: string }): string {
  return `t:${tenant_id}:${provider_id}`;
}

/** Whose room it is; null: it is none of ours. */
export function callOfRoom(room: string): string | null {
  return /^t:.*:([^:]+)$/.exec(room)?.[1] ?? null;
}
