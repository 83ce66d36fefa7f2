import { expect, test } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { ROUTES } from './routes.ts';

interface Operation {
  operationId: string;
  parameters: { name: string; in: string }[];
  requestBody?: object;
  responses: object;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const document = openApiDocument('1.2.3') as unknown as Document;
const text = JSON.stringify(document);

test('every route is an operation at its address', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
    ),
  );
  const routes = Object.entries(ROUTES).map(([name, { method, path }]) => `${name} ${method} ${path}`);
  const stream = 'followEntries GET /admin/fallback/stream';
  expect(operations.toSorted()).toEqual([...routes, stream].toSorted());
});

test('every reference leads somewhere, and every schema is referred to', () => {
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name),
  );
  expect([...references].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  expect(text.match(/"\$ref"/g)?.length).toBe(text.match(/"\$ref":"#\/components\/schemas\//g)?.length);
});

test('every parameter in an address is declared', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters } of Object.values(methods)) {
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
        named,
      );
    }
  }
});

test('a body is strict and an answer is open', () => {
  const { PutPlanBody, PutPlanAnswer } = document.components.schemas;
  expect(PutPlanBody).toMatchObject({ additionalProperties: false, required: ['plan'] });
  expect(PutPlanAnswer).not.toHaveProperty('additionalProperties');
});
