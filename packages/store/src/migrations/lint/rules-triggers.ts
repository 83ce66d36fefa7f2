/** Triggers that write the old shape for the new one, or the other way round. */
import type { Act } from './acts.ts';
import type { RuleName } from './catalogue.ts';
import { isLoopSafe } from './read-objects.ts';
import type { ActRule, Scene } from './rule.ts';

export const TRIGGER_RULES = {
  'trigger-without-guard': (scene) => {
    const { act } = scene;
    if (act.do !== 'create trigger' || !isWriting(scene, act)) return null;
    const body = bodyOf(scene, act);
    // What is assigned to the row itself calls no trigger; it must only not overwrite what was just written.
    const asksFirst = act.conditional && !CHANGES_ROWS.test(body);
    return act.loopSafe || asksFirst || isLoopSafe(body)
      ? null
      : `The trigger ${act.name} writes whatever happens`;
  },
} satisfies Partial<Record<RuleName, ActRule>>;

const CHANGES_ROWS = /\b(update|insert\s+into|delete\s+from)\b/i;

type CreateTrigger = Extract<Act, { do: 'create trigger' }>;

/** In Postgres the function does it, which a file before has made, or a statement before. */
export function isWriting(scene: Pick<Scene, 'schema'>, act: CreateTrigger): boolean {
  const body = bodyOf(scene, act);
  return act.writes || /\bnew\.\w+\s*:?=/i.test(body) || CHANGES_ROWS.test(body);
}

function bodyOf({ schema }: Pick<Scene, 'schema'>, { runs }: CreateTrigger): string {
  return schema.functions.get(runs)?.body ?? '';
}
