/**
 * Ids for the completion: asked of the daemon, and remembered for a few seconds, so that one Tab after another is at once. They
 * come fast or not at all, and never complain.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { callerInWords, reasonInWords } from '../fallback-words.ts';
import { shortIds } from '../ids.ts';
import { printable } from '../table.ts';
import type { Candidate, IdKind, Ids } from './candidates.ts';

const REMEMBERED_MS = 5_000;
/** More than a person chooses from. */
const MOST = 200;

export interface KnownIdsOptions {
  client: AdminClient;
  /** Whose answers these are: the daemon's address and the user. */
  scope: string;
  env: NodeJS.ProcessEnv;
}

export function createKnownIds({ client, scope, env }: KnownIdsOptions): Ids {
  return async (kind) => {
    const file = cacheFile(env, scope, kind);
    const remembered = await read(file);
    if (remembered) return remembered;
    // A daemon that is away is remembered too: only the first Tab waits for it.
    const found = await ASK[kind](client).catch(() => []);
    await write(file, found).catch(() => undefined);
    return found;
  };
}

const ASK: Readonly<Record<IdKind, (client: AdminClient) => Promise<Candidate[]>>> = {
  tenant: async (client) => {
    const { items } = await client.call(ROUTES.listTenants, { query: { limit: MOST } });
    return items.map(({ tenant_id, name }) => ({ value: tenant_id, description: printable(name) }));
  },
  waiting: (client) => entries(client, ['open', 'acknowledged', 'engaged']),
  resolved: (client) => entries(client, ['resolved']),
};

async function entries(
  client: AdminClient,
  status: ('open' | 'acknowledged' | 'engaged' | 'resolved')[],
): Promise<Candidate[]> {
  const { items } = await client.call(ROUTES.listEntries, { query: { status, limit: MOST } });
  const shortId = shortIds(items.map(({ entry_id }) => entry_id));
  return items.map((entry) => ({
    value: shortId(entry.entry_id),
    description: `${entry.severity}, ${entry.status}: ${callerInWords(entry)} ${reasonInWords(entry.reason)}`,
  }));
}

function cacheFile(env: NodeJS.ProcessEnv, scope: string, kind: IdKind): string {
  const folder = env['XDG_CACHE_HOME'] || path.join(env['HOME'] || homedir(), '.cache');
  const name = createHash('sha256').update(scope).digest('hex').slice(0, 16);
  return path.join(folder, 'adminctl', `${name}-${kind}.json`);
}

async function read(file: string): Promise<Candidate[] | null> {
  try {
    const { mtimeMs } = await stat(file);
    const age = Date.now() - mtimeMs;
    return age >= 0 && age < REMEMBERED_MS ? JSON.parse(await readFile(file, 'utf8')) : null;
  } catch {
    return null;
  }
}

/** By a name of its own first: another Tab may read at the same time. */
async function write(file: string, found: Candidate[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(found), { mode: 0o600 });
  await rename(draft, file);
}
