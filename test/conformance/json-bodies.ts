import { isFault, type Office } from './office.ts';
import { type PartResult, readRows } from './rows.ts';

interface JsonText {
  name: string;
  expect: 'accept' | 'reject' | 'either';
  /** Null: too large for the file, and only brackets. */
  b64: string | null;
}

/**
 * Each as a whole body, which none of ours looks like, and what is JSON also inside one that keeps members it does not
 * know. NUL and half surrogate pairs are refused on purpose: databases cannot keep them.
 */
export async function jsonBodies(folder: string, office: Office): Promise<PartResult> {
  const texts = readRows<JsonText>(folder, 'json_test_suite').filter(({ b64 }) => b64 !== null);
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  for (const { name, expect, b64 } of texts) {
    const bytes = Buffer.from(b64 ?? '', 'base64');
    const bare = await office.admin('PUT', '/admin/tenants/t1/plan', bytes);
    if (isFault(bare) || bare.status !== 400) wrong.push(`${name}, bare: ${bare.status ?? bare.failure}`);
    const wrapped = await office.admin('POST', '/admin/tenants/t1/escalations', inside(bytes));
    const key = `${expect} → ${wrapped.status}`;
    counts[key] = (counts[key] ?? 0) + 1;
    if (isFault(wrapped)) wrong.push(`${name}, inside: ${wrapped.status ?? wrapped.failure}`);
    if (expect === 'accept' && wrapped.status !== 202 && !isRefusedOnPurpose(bytes))
      wrong.push(`${name}, inside: ${wrapped.status} ${wrapped.body.slice(0, 200)}`);
    if (expect === 'reject' && wrapped.status === 202) wrong.push(`${name}, inside: accepted`);
  }
  return {
    name: 'JSON bodies',
    rule: 'what is no JSON gets 400, what is JSON is taken where any is, and nothing is a fault of ours',
    rows: texts.length,
    wrong,
    counts,
  };
}

function inside(bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('{"caller":null,"reason":"complaint","context":{"value":'),
    bytes,
    Buffer.from('}}'),
  ]);
}

function isRefusedOnPurpose(bytes: Buffer): boolean {
  const written = JSON.stringify(JSON.parse(bytes.toString()));
  return /\\u0000|\\ud[89a-f]/i.test(written);
}
