/** A tenant as a file for people: what `tenant import` reads and `tenant export` writes. */
import { type TenantBody, tenantBody, validated } from '@receptionist/admin-api';
import { type FieldError, Problem, type Tenant } from '@receptionist/core';
import { type Document, isNode, LineCounter, parseAllDocuments, stringify } from 'yaml';
import { CommandError } from './failure.ts';

/** The daemon takes 100 kB as JSON; comments and indentation may add to that. */
const MOST_CHARACTERS = 1_000_000;

export function tenantYaml(tenant: Tenant): string {
  return stringify(tenant, { lineWidth: 0 });
}

/**
 * Every tenant of a file (documents are parted by `---`), checked as the daemon will check it.
 * @throws CommandError `invalid_body` with file and line of each mistake
 */
export function readTenants(text: string, file: string): TenantBody[] {
  if (text.length > MOST_CHARACTERS)
    throw new CommandError('invalid_body', `${file} is too large for a tenant.`);
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })];
  const places = { file, lines };
  const broken = documents.flatMap(({ errors }) => errors);
  if (broken.length > 0) {
    throw misfit(broken.map(({ message, pos }) => `${place(places, pos[0])}: ${message}`));
  }
  if (documents.length === 0) throw new CommandError('invalid_body', `${file} holds no tenant.`);
  return distinct(
    documents.map((document) => readTenant(document, places)),
    file,
  );
}

function distinct(tenants: TenantBody[], file: string): TenantBody[] {
  const ids = tenants.map(({ tenant_id }) => tenant_id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice) throw misfit([`${file}: tenant ${twice} stands here twice.`]);
  return tenants;
}

interface Places {
  file: string;
  lines: LineCounter;
}

function readTenant(document: Document, places: Places): TenantBody {
  const content = toPlain(document, places);
  try {
    validated(tenantBody, content, 'invalid_body');
    return content as TenantBody;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw misfit(error.errors.map((mistake) => described(mistake, document, places)));
  }
}

/** yaml refuses a file whose aliases would unfold into millions of nodes. */
function toPlain(document: Document, places: Places): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw misfit([`${places.file}: ${error instanceof Error ? error.message : error}`]);
  }
}

function described({ path, message }: FieldError, document: Document, places: Places): string {
  const { node, offset } = deepest(document, path.split('.'));
  const quotes = typeof node === 'number' && /string/.test(message) ? ' Put it in quotes.' : '';
  return `${place(places, offset)}: ${path ? `${path}: ` : ''}${message}${quotes}`;
}

/** What stands at the path, or at the nearest part of it that is there. */
function deepest(document: Document, path: string[]): { node: unknown; offset: number } {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return { node: node.toJSON(), offset: node.range[0] };
  }
  return { node: undefined, offset: document.range?.[0] ?? 0 };
}

function place({ file, lines }: Places, offset: number): string {
  return `${file}:${lines.linePos(offset).line}`;
}

function misfit(mistakes: string[]): CommandError {
  return new CommandError(
    'invalid_body',
    mistakes.length === 1 ? (mistakes[0] ?? '') : `The file does not fit:\n  ${mistakes.join('\n  ')}`,
    'Nothing was sent. docs/examples/t1.yaml has every member.',
  );
}
