/** What a request brings, checked by its route before a handler sees it. */
import { MIMEType } from 'node:util';
import {
  type Body,
  bodyTypes,
  invalid,
  type Params,
  type Query,
  type Route,
  validated,
} from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';
import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { readJson } from './json.ts';

const LARGEST_BODY = 100_000;

/** Middleware: refuses another content type unread, then reads the bytes. */
export function bodyReader(route: Route): RequestHandler[] {
  const types = bodyTypes(route);
  const checkType: RequestHandler = (req, _res, next) => {
    if (hasBody(req) && !isJson(req.headers['content-type'], types)) {
      const found = req.headers['content-type'] ?? 'none';
      throw new Problem(
        'unsupported_media_type',
        `The content type is ${found}; send ${types.join(' or ')}, in UTF-8.`,
      );
    }
    next();
  };
  return [checkType, express.raw({ type: () => true, limit: LARGEST_BODY })];
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function isJson(header: string | undefined, types: readonly string[]): boolean {
  try {
    const { essence, params } = new MIMEType(header ?? '');
    return types.includes(essence) && (params.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8';
  } catch {
    return false;
  }
}

/** The body as JSON, not yet checked; undefined where there is none. */
export function bodyOf(req: Request): unknown {
  return req.body instanceof Uint8Array && req.body.length > 0 ? readJson(req.body) : undefined;
}

const NO_BODY = z.strictObject({});

/** @throws Problem `invalid_body` */
export function checkedBody<R extends Route>(route: R, body: unknown): Body<R> {
  if (route.body === null) {
    validated(NO_BODY, body ?? {}, 'invalid_body');
    return undefined as Body<R>;
  }
  if (body === undefined) throw new Problem('invalid_body', 'A JSON body is needed, and there is none.');
  return validated(route.body, body, 'invalid_body') as Body<R>;
}

/** @throws Problem `not_found` for what no id can be */
export function checkedParams<R extends Route>(req: Request): Params<R> {
  for (const [name, value] of Object.entries(req.params)) {
    if (/\p{Cc}/u.test(String(value)))
      throw new Problem('not_found', `${name} holds a control character: nothing has such a name.`);
  }
  return req.params as Params<R>;
}

/** @throws Problem `invalid_parameter`, for a parameter that is not known too */
export function checkedQuery<R extends Route>(route: R, req: Request): Query<R> {
  const search = new URLSearchParams(req.originalUrl.split('?').slice(1).join('?'));
  const values = [...new Set(search.keys())].map((name) => [
    name,
    queryValue(route.query, name, search.getAll(name)),
  ]);
  return validated(route.query, Object.fromEntries(values), 'invalid_parameter') as Query<R>;
}

/** A query is text: what its schema wants as a list, a number or yes or no becomes one, and the schema judges the rest. */
function queryValue(query: z.ZodObject, name: string, values: string[]): unknown {
  const schema = withoutDefault(query.shape[name]);
  if (schema instanceof z.ZodArray) return values;
  const [value = '', ...others] = values;
  if (others.length > 0)
    throw invalid('invalid_parameter', [{ path: name, message: 'It may stand there once.' }]);
  if (schema instanceof z.ZodNumber && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (schema instanceof z.ZodBoolean && /^(true|false)$/.test(value)) return value === 'true';
  return value;
}

function withoutDefault(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional)
    return withoutDefault(schema.unwrap());
  return schema;
}
