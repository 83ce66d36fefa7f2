/** Holds from `src/` and from a bundle one folder deep that has `migrations/` beside that folder. */
export function migrationsFolder(name: 'sqlite' | 'postgres' | 'postgres-tenant'): URL {
  return new URL(`../migrations/${name}/`, import.meta.url);
}
