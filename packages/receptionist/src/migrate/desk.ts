import type { MigrationTools } from '@receptionist/store/migrate';
import { theMigration } from './ids.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Desk {
  tools: MigrationTools;
  terminal: Terminal;
}

/** The id of which a person typed all, or the number. @throws Problem `not_found` */
export async function named({ tools }: Desk, typed: string): Promise<string> {
  const statuses = await tools.status();
  return theMigration(
    typed,
    statuses.map(({ id }) => id),
  );
}
