import type { SlackMessage } from '@receptionist/simulator/servers';

/** The ids of the entries that a person reads of in it. */
export function entriesNamedIn(post: SlackMessage): string[] {
  return [...entryIdsIn(post.lines().join('\n'))];
}

export function entryIdsIn(text: string): Set<string> {
  return new Set(text.match(/\bfb_[0-9a-z]+/g));
}

/** Entry id → the posts that name it. Quiet replies in threads are no alerts, and left out. */
export function postsByEntry(posts: readonly SlackMessage[]): Map<string, SlackMessage[]> {
  const byEntry = new Map<string, SlackMessage[]>();
  for (const post of posts.filter(({ thread_ts, broadcast }) => !thread_ts || broadcast)) {
    for (const entry_id of entriesNamedIn(post))
      byEntry.set(entry_id, [...(byEntry.get(entry_id) ?? []), post]);
  }
  return byEntry;
}
