import { migrationsFolder } from './files.ts';
import type { Outcome } from './outcome.ts';

interface ScaffoldFlags {
  phases?: string;
  replace?: string;
  folder?: string;
  tenants?: boolean;
}

export async function scaffold(
  name: string,
  { phases, replace, folder, tenants = false }: ScaffoldFlags,
): Promise<Outcome> {
  const { scaffoldMigrations } = await import('@receptionist/store/scaffold');
  const files = await scaffoldMigrations({
    name,
    tenants,
    migrations: migrationsFolder(folder),
    ...(phases === undefined ? {} : { phases: phases.split(',') }),
    ...(replace === undefined ? {} : { replace }),
  });
  return {
    document: { files },
    lines: files,
    notes: ['Next: write the SQL, then receptionistd migrate lint, then receptionistd migrate up --dry-run'],
  };
}
