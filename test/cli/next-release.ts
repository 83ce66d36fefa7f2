/** The shipped receptionistd as the next release would be: with more migrations for the schemas of tenants. */
import { cp, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../harness/daemon.ts';

export const EXPAND = '0002_length';
export const FILL = '0003_fill_length';
export const SWITCH = '0004_read_length';
export const CONTRACT = '0005_body_goes';

const FILES: Readonly<Record<string, string>> = {
  [EXPAND]: `-- phase: expand
alter table text_bodies add column length integer;
-- down
alter table text_bodies drop column length;`,
  [FILL]: `-- phase: backfill
-- needs: ${EXPAND}
-- table: text_bodies
-- key: text_id
-- batch: 10
update text_bodies set length = length(body)
where text_id > :after and text_id <= :upto and length is null;
-- verify
select text_id as name, length(body)::text as old, length::text as new from text_bodies
where text_id > :after and text_id <= :upto;
-- down`,
  [SWITCH]: `-- phase: switch\n-- needs: ${FILL}\n-- down`,
  [CONTRACT]: `-- phase: contract
-- needs: ${SWITCH}
alter table text_bodies drop column body;
-- down
alter table text_bodies add column body text;`,
};

/** Below this folder; answers the program for Node. */
export async function makeNextRelease(folder: string): Promise<string> {
  const receptionist = path.join(ROOT, 'packages/receptionist');
  await cp(path.join(receptionist, 'dist'), path.join(folder, 'dist'), { recursive: true });
  await symlink(path.join(receptionist, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [id, text] of Object.entries(FILES)) {
    const file = path.join(folder, 'dist/migrations/postgres-tenant', `${id}.sql`);
    await writeFile(file, `-- id: ${id}\n${text}\n`);
  }
  return path.join(folder, 'dist/bin/receptionistd.js');
}
