import type { MigrationTools, TenantMigrations } from '@receptionist/store/migrate';
import { theMigration } from './ids.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with. */
export interface Desk {
  tools: MigrationTools;
  terminal: Terminal;
}

export interface NamedMigration {
  id: string;
  /** For whose schemas it is; null: for the shared one. */
  tenants: TenantMigrations | null;
}

/** What a person typed: the id or its number. @throws Problem as `theMigration` */
export async function named({ tools }: Desk, typed: string): Promise<NamedMigration> {
  const [shared, tenants] = await Promise.all([tools.ids(), tools.tenants?.ids() ?? []]);
  const { series, id } = theMigration(typed, { shared, tenants });
  return { id, tenants: series === 'tenants' ? tools.tenants : null };
}
