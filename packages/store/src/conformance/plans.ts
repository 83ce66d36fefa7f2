import { CompiledQuery, createQueryId, type KyselyPlugin, type RootOperationNode } from 'kysely';
import type { Db } from '../schema.ts';

/** What the database says about how it will go about each query of a verb. `explain`: its word for that. */
export async function planOf(db: Db, explain: string, verb: (db: Db) => Promise<unknown>): Promise<string> {
  const nodes: RootOperationNode[] = [];
  const spy: KyselyPlugin = {
    transformQuery: ({ node }) => {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await verb(db.withPlugin(spy));
  const plans = nodes.map(async (node) => {
    const { sql: query, parameters } = db.getExecutor().compileQuery(node, createQueryId());
    const plan = await db.executeQuery<object>(CompiledQuery.raw(`${explain} ${query}`, [...parameters]));
    return plan.rows.map((row) => Object.values(row).at(-1));
  });
  return (await Promise.all(plans)).flat().join('\n');
}
