/** What is asked of a model, whatever the protocol, and how a request that breaks its rules is refused. */

export interface ModelRequest {
  protocol: 'openai' | 'anthropic';
  model: string;
  system: string;
  /** Without the system prompt. What the model called stands as `name(arguments)`; what came of it has the role `tool`. */
  messages: readonly ModelMessage[];
  tools: readonly ModelTool[];
  stream: boolean;
  /** As it came. */
  body: JsonObject;
}

export interface ModelMessage {
  role: 'user' | 'assistant' | 'tool';
  text: string;
}

export interface ModelTool {
  name: string;
  description: string;
  /** JSON Schema of its arguments. */
  parameters: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export type RefusalKind =
  | 'bad_request'
  | 'wrong_key'
  | 'unknown_model'
  | 'unknown_path'
  | 'rate_limit'
  | 'error';

export class ModelRefusal extends Error {
  override readonly name = 'ModelRefusal';
  readonly kind: RefusalKind;
  /** The parameter that is wrong. */
  readonly param: string | null;

  constructor(kind: RefusalKind, message: string, param: string | null = null) {
    super(message);
    this.kind = kind;
    this.param = param;
  }
}

export function badRequest(param: string, message: string): ModelRefusal {
  return new ModelRefusal('bad_request', `${param}: ${message}`, param);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws ModelRefusal, like all below */
export function objectAt(param: string, value: unknown): JsonObject {
  if (!isObject(value)) throw badRequest(param, 'must be an object');
  return value;
}

export function textAt(param: string, value: unknown): string {
  if (typeof value !== 'string') throw badRequest(param, 'must be a string');
  return value;
}

export function listAt(param: string, value: unknown, { least = 0 } = {}): readonly unknown[] {
  if (!Array.isArray(value)) throw badRequest(param, 'must be an array');
  if (value.length < least) throw badRequest(param, `must have at least ${least} item`);
  return value;
}

export function refuseUnknown(body: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw badRequest(unknown, 'unrecognized request argument supplied');
}

/** Where it is given. */
export function refuseNumberOutside(body: JsonObject, param: string, least: number, most: number): void {
  const value = body[param];
  if (value !== undefined && !(typeof value === 'number' && value >= least && value <= most))
    throw badRequest(param, `must be a number from ${least} to ${most}`);
}

/** Where it is given. */
export function refuseUnlessCount(body: JsonObject, param: string): void {
  const value = body[param];
  if (value !== undefined && !(Number.isInteger(value) && Number(value) > 0))
    throw badRequest(param, 'must be a positive integer');
}

export function flagAt(body: JsonObject, param: string): boolean {
  const value = body[param] ?? false;
  if (typeof value !== 'boolean') throw badRequest(param, 'must be true or false');
  return value;
}

export function toolOf(
  param: string,
  { name, description = '' }: JsonObject,
  parameters: unknown,
): ModelTool {
  if (!/^[\w-]{1,64}$/.test(textAt(`${param}.name`, name)))
    throw badRequest(`${param}.name`, 'must be 1 to 64 letters, digits, _ or -');
  const schema = objectAt(`${param} schema`, parameters);
  if (schema.type !== 'object') throw badRequest(`${param} schema`, 'must have the type object');
  return { name: String(name), description: textAt(`${param}.description`, description), parameters: schema };
}
