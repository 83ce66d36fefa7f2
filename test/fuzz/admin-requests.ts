/** Requests at every address of the admin API, made from its own description. */
import { gzipSync } from 'node:zlib';
import { openApiDocument } from '@receptionist/admin-api';
import fc from 'fast-check';
import { almost, fitting, type JsonSchema } from './json-schema.ts';
import { anyMethod, anyPath, type Headers, hostileText, mostly, oddHeaders, percentEncoded } from './junk.ts';
import type { FuzzedRequest, Ids, Proof } from './requests.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: JsonSchema;
}

interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  body: { type: string; schema: JsonSchema } | null;
}

interface OpenApi {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, JsonSchema> };
}

interface DescribedOperation {
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

const { paths, components } = openApiDocument('fuzz') as unknown as OpenApi;

const OPERATIONS: Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { parameters, requestBody }]) => {
    const [content] = Object.entries(requestBody?.content ?? {});
    const body = content ? { type: content[0], schema: content[1].schema } : null;
    return { method: method.toUpperCase(), path, parameters, body };
  }),
);

const resolve = (ref: string) => components.schemas[ref.replace('#/components/schemas/', '')] ?? {};

const proof = fc.constantFrom<Proof>('admin', 'admin', 'admin', 'admin', 'admin', 'wrong token', 'none');

export function adminRequest(ids: Ids): fc.Arbitrary<FuzzedRequest> {
  return fc.oneof(
    ...OPERATIONS.map((operation) =>
      fc.record({
        proof,
        method: mostly(fc.constant(operation.method), anyMethod),
        path: mostly(pathOf(operation, ids), anyPath),
        headers: mostly(headersOf(operation), oddHeaders),
        body: operation.body ? jsonBody(operation.body.schema) : fc.constant(null),
      }),
    ),
  );
}

function pathOf({ path, parameters }: Operation, ids: Ids): fc.Arbitrary<string> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const values = inPath.map(({ name, schema }) => {
    const known = ids[name];
    return mostly(known ? fc.constantFrom(...known) : fitting(schema, resolve).map(String), hostileText);
  });
  const query = inQuery.map((parameter) => fc.option(queryPart(parameter), { nil: '', freq: 3 }));
  return fc.tuple(fc.tuple(...values), fc.tuple(...query)).map(([given, parts]) => {
    const filled = inPath.reduce(
      (address, { name }, i) => address.replace(`{${name}}`, () => percentEncoded(given[i] ?? '')),
      path,
    );
    const search = parts.filter(Boolean).join('&');
    return search ? `${filled}?${search}` : filled;
  });
}

function queryPart({ name, schema }: Parameter): fc.Arbitrary<string> {
  const one = schema.type === 'array' ? (schema.items ?? {}) : schema;
  return mostly(fitting(one, resolve).map(String), hostileText).map(
    (text) => `${name}=${percentEncoded(text)}`,
  );
}

function headersOf({ body }: Operation): fc.Arbitrary<Headers> {
  const type: Headers = body ? { 'content-type': body.type } : {};
  const key = fc.option(fc.constantFrom('key-1', 'key-2', 'x'.repeat(300)), { freq: 3 });
  return key.map((given) => (given === null ? type : { ...type, 'idempotency-key': given }));
}

function jsonBody(schema: JsonSchema): fc.Arbitrary<Buffer> {
  const written = almost(fitting(schema, resolve)).map((value) => Buffer.from(JSON.stringify(value) ?? ''));
  return mostly(written, written.chain(spoiled));
}

/** Around the limit of 100 kB. */
const size = fc.integer({ min: 90_000, max: 300_000 });

function spoiled(bytes: Buffer): fc.Arbitrary<Buffer> {
  return fc.oneof(
    fc.nat({ max: bytes.length }).map((length) => bytes.subarray(0, length)),
    fc.constant(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
    fc.constant(Buffer.from(bytes.toString(), 'utf16le')),
    fc.constant(gzipSync(bytes)),
    fc.uint8Array({ maxLength: 200 }).map((junk) => Buffer.concat([bytes, junk])),
    size.map((length) => Buffer.alloc(length, '[')),
    size.map((length) => Buffer.from(JSON.stringify('x'.repeat(length)))),
  );
}
