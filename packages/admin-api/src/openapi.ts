/** The table of routes as an OpenAPI 3.1 document. Its schemas are JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. */
import { FLAGS } from '@receptionist/core';
import { z } from 'zod';
import { entry, entryWithHistory } from './fallback.ts';
import { onCallAnswer } from './oncall.ts';
import { bodyTypes, parameterNames, ROUTES, type Route } from './routes.ts';
import { conversation, flagEvaluation, problemAnswer } from './schemas.ts';
import { ENTRY_STREAM } from './stream.ts';
import { tenantAnswer, tenantBody } from './tenant.ts';

type Json = Record<string, unknown>;
type Names = z.core.$ZodRegistry<{ id: string }>;

/** Things with a name of their own; other bodies and answers are named after their route. */
const NAMED_BODIES = { TenantBody: tenantBody };
const NAMED_ANSWERS = {
  Conversation: conversation,
  Entry: entry,
  EntryWithHistory: entryWithHistory,
  FlagEvaluation: flagEvaluation,
  OnCall: onCallAnswer,
  Problem: problemAnswer,
  Tenant: tenantAnswer,
};

const routes: [string, Route][] = [...Object.entries<Route>(ROUTES), ['followEntries', ENTRY_STREAM]];

export function openApiDocument(version: string): Json {
  const bodies = namesOf(NAMED_BODIES, 'body');
  const answers = namesOf(NAMED_ANSWERS, 'answer');
  const paths: Record<string, Json> = {};
  for (const [name, route] of routes) {
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: operation(name, route, bodies, answers),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'receptionistd admin API',
      version,
      description:
        'Tenants, plans, flags, fallback entries and who is on call, of the AI phone receptionist.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'HS256, one for each request, good for 60 s; `adminctl token` prints one.',
        },
      },
      schemas: { ...components(bodies, 'input'), ...components(answers, 'output') },
    },
  };
}

function namesOf(named: Record<string, z.ZodType>, side: 'body' | 'answer'): Names {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) names.add(schema, { id });
  for (const [name, route] of routes) {
    const schema = route[side];
    if (schema && !names.has(schema)) names.add(schema, { id: capitalised(name) + capitalised(side) });
  }
  return names;
}

function components(names: Names, io: 'input' | 'output'): Record<string, Json> {
  const { schemas } = z.toJSONSchema(names, {
    io,
    uri,
    override: ({ zodSchema, jsonSchema }) => {
      // Answers are open: a newer daemon may say more.
      if (io === 'output' && zodSchema instanceof z.ZodObject) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]));
}

const uri = (id: string) => `#/components/schemas/${id}`;

function operation(name: string, route: Route, bodies: Names, answers: Names): Json {
  return {
    operationId: name,
    summary: route.summary,
    parameters: [
      ...parameterNames(route.path).map(pathParameter),
      ...queryParameters(route.query),
      ...(route.changes ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body
      ? { requestBody: { required: true, content: content(route, reference(bodies, route.body)) } }
      : {}),
    responses: {
      ...Object.fromEntries(
        route.statuses.map((status) => [
          status,
          {
            description: route.summary,
            content: { [answerType(route)]: { schema: reference(answers, route.answer) } },
          },
        ]),
      ),
      default: {
        description: 'What went wrong (RFC 9457); docs/errors.md lists the codes',
        content: { 'application/problem+json': { schema: reference(answers, problemAnswer) } },
      },
    },
  };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'For 24 h the same key gives the same answer.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

function pathParameter(name: string): Json {
  return {
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', ...(name === 'flag' ? { enum: FLAGS } : {}) },
  };
}

function queryParameters(query: z.ZodObject): Json[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

/** Of the stream the schema is that of each event's data. */
function answerType(route: Route): string {
  return route === ENTRY_STREAM ? 'text/event-stream' : 'application/json';
}

function content(route: Route, schema: Json): Json {
  return Object.fromEntries(bodyTypes(route).map((type) => [type, { schema }]));
}

function reference(names: Names, schema: z.ZodType): Json {
  return { $ref: uri(names.get(schema)?.id ?? '') };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
