/** Values that fit a JSON Schema (the part of 2020-12 that our OpenAPI document uses), or almost do. */
import fc from 'fast-check';
import { junk } from './junk.ts';

export interface JsonSchema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  pattern?: string;
  format?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
}

/** Long enough to be a list, short enough for many requests. */
const MOST_ITEMS = 4;
const MOST_CHARACTERS = 80;

/** What fits beyond what a schema can say, by the name of the member. */
const LUCKY: Readonly<Record<string, readonly string[]>> = {
  time_zone: ['America/Los_Angeles', 'Pacific/Auckland'],
  locale: ['en-US', 'de'],
  language: ['en-US', 'de'],
  currency: ['USD', 'EUR'],
  busy_calendar_url: ['https://calendar.example/a.ics'],
};

/** `resolve` finds what a `$ref` names. */
export function fitting(schema: JsonSchema, resolve: (ref: string) => JsonSchema): fc.Arbitrary<unknown> {
  const inner = (part: JsonSchema) => fitting(part, resolve);
  if (schema.$ref) return inner(resolve(schema.$ref));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(inner));
  const { minimum = -1_000, maximum = 1_000 } = schema;
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { minItems = 0, maxItems = MOST_ITEMS, items = {} } = schema;
      return fc.array(inner(items), { minLength: minItems, maxLength: Math.min(maxItems, MOST_ITEMS) });
    }
    case 'object':
      return object(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text({ pattern, maxLength = MOST_CHARACTERS }: JsonSchema): fc.Arbitrary<string> {
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, MOST_CHARACTERS) });
}

function object(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  inner: (part: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const member = (name: string, part: JsonSchema) =>
    LUCKY[name] ? fc.constantFrom(...LUCKY[name]) : inner(part);
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, member(name, part)]),
  );
  const known = fc.record(members, { requiredKeys: required, noNullPrototype: true });
  if (typeof additionalProperties !== 'object') return known;
  const others = fc.dictionary(fc.string({ maxLength: 20 }), inner(additionalProperties), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  return fc.tuple(others, known).map(([more, named]) => ({ ...more, ...named }));
}

/** The value as it is, or with one part of it replaced, taken away or added. */
export function almost(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const damage = fc.record({ at: fc.nat(), kind: fc.constantFrom('replace', 'remove', 'add'), junk });
  return fc
    .tuple(value, fc.option(damage, { freq: 2 }))
    .map(([whole, harm]) => (harm ? damaged(whole, harm) : whole));
}

interface Damage {
  at: number;
  kind: string;
  junk: unknown;
}

function damaged(whole: unknown, { at, kind, junk }: Damage): unknown {
  const copy = structuredClone(whole);
  const places = placesIn(copy);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return junk;
  const { holder, key } = place;
  if (kind === 'remove') delete holder[key];
  else holder[kind === 'add' ? `${key}_` : key] = junk;
  return copy;
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.entries(holder).flatMap(([key, part]) => [{ holder, key }, ...placesIn(part)]);
}
