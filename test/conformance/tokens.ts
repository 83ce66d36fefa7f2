import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ADMIN_KEY } from '../harness/credentials.ts';
import type { Answer, Wire } from '../harness/wire.ts';
import { isFault, type Office } from './office.ts';
import { type PartResult, readRows } from './rows.ts';

interface Attack {
  name: string;
  expect: 'accept' | 'reject' | 'policy';
  token: string;
}

/** Made for our key at this moment, and sent both to read and to change something. */
export async function tokenAttacks(folder: string, { wire }: Office): Promise<PartResult> {
  const script = path.join(folder, 'jwt_attacks_make.mjs');
  const lines = execFileSync(process.execPath, [script, '--secret', ADMIN_KEY], { encoding: 'utf8' });
  const attacks = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Attack);
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  for (const { name, expect, token } of attacks) {
    const read = await present(wire, token);
    const changed = expect === 'accept' ? [] : [await present(wire, token, { plan: 'free' })];
    const key = `${expect} → ${read?.status ?? 'cannot be sent'}`;
    counts[key] = (counts[key] ?? 0) + 1;
    for (const answer of [read, ...changed]) {
      if (answer && !isExpected(answer, expect)) wrong.push(`${name}: ${answer.status ?? answer.failure}`);
    }
  }
  return {
    name: 'Admin tokens: attacks',
    rule: 'good ones read, bad ones get 401 (or 431: too long for a header) for reads and for changes, the open ones are no fault of ours',
    rows: attacks.length,
    wrong,
    counts,
  };
}

function isExpected(answer: Answer, expect: Attack['expect']): boolean {
  if (expect === 'policy') return !isFault(answer);
  if (expect === 'accept') return answer.status === 200;
  // Too long for a header: refused before anybody reads what it is.
  return answer.status === 401 || answer.status === 431;
}

/** Null for what no header can hold. */
async function present(wire: Wire, token: string, change?: object): Promise<Answer | null> {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(token)) return null;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return change
    ? wire.ask({ method: 'PUT', path: '/admin/tenants/t1/plan', headers, body: JSON.stringify(change) })
    : wire.ask({ method: 'GET', path: '/admin/tenants/t1', headers, body: null });
}

interface Jws {
  tcId: number;
  comment: string;
  jws: unknown;
}

/** Their keys are not ours and their payloads no claims: not one of them may open the door. */
export async function wycheproof(folder: string, { wire }: Office): Promise<PartResult> {
  const all = readRows<Jws>(folder, 'jwt_wycheproof').filter(
    (row): row is Jws & { jws: string } => typeof row.jws === 'string',
  );
  const wrong: string[] = [];
  for (const { tcId, comment, jws } of all) {
    const answer = await present(wire, jws);
    if (answer && answer.status !== 401) wrong.push(`${tcId} ${comment}: ${answer.status ?? answer.failure}`);
  }
  return { name: 'Admin tokens: Wycheproof', rule: 'every one gets 401', rows: all.length, wrong };
}
