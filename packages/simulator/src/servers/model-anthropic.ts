/** Anthropic's messages protocol. https://docs.anthropic.com/en/api/messages-streaming */
import { jsonAnswer } from './loopback.ts';
import {
  type EventStream,
  type Protocol,
  piecesOf,
  type ToolCall,
  tokensIn,
  type Utterance,
} from './model-protocol.ts';
import {
  badRequest,
  flagAt,
  isObject,
  type JsonObject,
  listAt,
  type ModelMessage,
  ModelRefusal,
  type ModelRequest,
  type ModelTool,
  objectAt,
  type RefusalKind,
  refuseNumberOutside,
  refuseUnknown,
  refuseUnlessCount,
  textAt,
  toolOf,
} from './model-request.ts';

export const ANTHROPIC: Protocol = {
  refuseBadKey: (headers, key) => {
    if (headers['x-api-key'] === undefined)
      throw new ModelRefusal('wrong_key', 'x-api-key header is required');
    if (headers['x-api-key'] !== key) throw new ModelRefusal('wrong_key', 'invalid x-api-key');
    if (headers['anthropic-version'] !== '2023-06-01')
      throw new ModelRefusal(
        'bad_request',
        'anthropic-version: 2023-06-01 is the version that is spoken here',
      );
  },
  read,
  whole: (request, utterance) => ({
    ...head(request),
    content: [
      ...(utterance.text === '' ? [] : [{ type: 'text', text: utterance.text }]),
      ...utterance.calls.map((call) => ({ ...toolUse(call), input: parsedInput(call) })),
    ],
    stop_reason: stopReason(utterance),
    usage: usage(request, tokensIn(utterance)),
  }),
  stream,
  refusal: (refusal, headers) => {
    const { status, type } = REFUSALS[refusal.kind];
    const error = { type, message: refusal.message };
    return jsonAnswer({ type: 'error', error, request_id: 'req_simulated' }, status, headers);
  },
  models: (names) => ({
    data: names.map((id) => ({ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' })),
    has_more: false,
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
  }),
};

const REFUSALS: Readonly<Record<RefusalKind, { status: number; type: string }>> = {
  bad_request: { status: 400, type: 'invalid_request_error' },
  wrong_key: { status: 401, type: 'authentication_error' },
  unknown_model: { status: 404, type: 'not_found_error' },
  unknown_path: { status: 404, type: 'not_found_error' },
  rate_limit: { status: 429, type: 'rate_limit_error' },
  error: { status: 500, type: 'api_error' },
};

const KNOWN = [
  'model', 'messages', 'system', 'max_tokens', 'stream', 'temperature', 'top_p', 'top_k', 'stop_sequences', 'tools',
  'tool_choice', 'metadata', 'thinking', 'service_tier', 'cache_control', 'output_config', 'context_management',
]; // biome-ignore format: a list of words

function read(body: JsonObject): ModelRequest {
  refuseUnknown(body, KNOWN);
  if (body.max_tokens === undefined) throw badRequest('max_tokens', 'field required');
  refuseUnlessCount(body, 'max_tokens');
  refuseNumberOutside(body, 'temperature', 0, 1);
  refuseNumberOutside(body, 'top_p', 0, 1);
  const messages = listAt('messages', body.messages, { least: 1 }).map((message, index) =>
    readTurn(`messages.${index}`, message),
  );
  if (messages[0]?.role !== 'user') throw badRequest('messages', 'first message must use the "user" role');
  refuseUnansweredUses(messages);
  const tools = readTools(body.tools);
  refuseBadChoice(body.tool_choice, tools);
  return {
    protocol: 'anthropic',
    model: textAt('model', body.model),
    system: body.system === undefined ? '' : blocksAt('system', body.system, ['text']).map(textOf).join('\n'),
    messages: messages.flatMap(toMessages),
    tools,
    stream: flagAt(body, 'stream'),
    body,
  };
}

interface Turn {
  role: 'user' | 'assistant';
  blocks: readonly JsonObject[];
}

const BLOCKS = { user: ['text', 'tool_result', 'image'], assistant: ['text', 'tool_use', 'thinking'] };

function readTurn(at: string, value: unknown): Turn {
  const { role, content } = objectAt(at, value);
  if (role !== 'user' && role !== 'assistant') throw badRequest(`${at}.role`, 'must be user or assistant');
  return { role, blocks: blocksAt(`${at}.content`, content, BLOCKS[role]) };
}

/** A string is a block of text. */
function blocksAt(at: string, content: unknown, allowed: readonly string[]): JsonObject[] {
  const blocks =
    typeof content === 'string' ? [{ type: 'text', text: content }] : listAt(at, content, { least: 1 });
  return blocks.map((item, index) => {
    const block = objectAt(`${at}.${index}`, item);
    if (!allowed.includes(String(block.type)))
      throw badRequest(`${at}.${index}.type`, `must be ${allowed.join(', ')}`);
    if (block.type === 'text' && textAt(`${at}.${index}.text`, block.text).trim() === '')
      throw badRequest(`${at}.${index}`, 'text content blocks must be non-empty');
    if (block.type === 'tool_use') objectAt(`${at}.${index}.input`, block.input);
    return block;
  });
}

/** The results of the tools that a turn uses are in the next turn, and no others. */
function refuseUnansweredUses(turns: readonly Turn[]): void {
  turns.forEach(({ blocks }, index) => {
    const used = blocksOf(turns[index - 1], 'tool_use').map(({ id }) => id);
    const answered = blocksOf({ blocks }, 'tool_result').map(({ tool_use_id }) => tool_use_id);
    if (used.some((id) => !answered.includes(id)))
      throw badRequest(`messages.${index}`, 'tool_use without a tool_result in the next message');
    if (answered.some((id) => !used.includes(id)))
      throw badRequest(`messages.${index}`, 'tool_result without its tool_use in the message before');
  });
  if (blocksOf(turns.at(-1), 'tool_use').length > 0)
    throw badRequest('messages', 'tool_use without a tool_result in the next message');
}

function blocksOf(turn: Pick<Turn, 'blocks'> | undefined, type: string): JsonObject[] {
  return (turn?.blocks ?? []).filter((block) => block.type === type);
}

function toMessages({ role, blocks }: Turn): ModelMessage[] {
  return blocks.map((block) =>
    block.type === 'tool_result' ? { role: 'tool', text: resultOf(block) } : { role, text: textOf(block) },
  );
}

function textOf(block: JsonObject): string {
  if (block.type === 'tool_use') return `${block.name}(${JSON.stringify(block.input)})`;
  return typeof block.text === 'string' ? block.text : `(${block.type})`;
}

function resultOf({ content = '' }: JsonObject): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

function readTools(value: unknown): ModelTool[] {
  if (value === undefined) return [];
  return listAt('tools', value).map((item, index) => {
    const tool = objectAt(`tools.${index}`, item);
    return toolOf(`tools.${index}`, tool, tool.input_schema);
  });
}

function refuseBadChoice(choice: unknown, tools: readonly ModelTool[]): void {
  if (choice === undefined) return;
  if (tools.length === 0) throw badRequest('tool_choice', 'may only be specified while providing tools');
  if (!isObject(choice) || !['auto', 'any', 'tool', 'none'].includes(String(choice.type)))
    throw badRequest('tool_choice.type', 'must be auto, any, tool or none');
}

function head({ model }: ModelRequest) {
  return { id: 'msg_simulated', type: 'message', role: 'assistant', model, stop_sequence: null };
}

function toolUse({ id, name }: ToolCall) {
  return { type: 'tool_use', id: id.replace('call_', 'toolu_'), name, input: {} };
}

function parsedInput({ arguments: input }: ToolCall): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return {};
  }
}

function stopReason({ calls }: Utterance): string {
  return calls.length > 0 ? 'tool_use' : 'end_turn';
}

function usage({ body }: ModelRequest, output_tokens: number) {
  return {
    input_tokens: piecesOf(JSON.stringify(body)).length,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens,
  };
}

function stream(request: ModelRequest, utterance: Utterance): EventStream {
  const message = { ...head(request), content: [], stop_reason: null, usage: usage(request, 1) };
  return {
    opening: [event('message_start', { message }), event('ping', {})],
    tokens: contentBlocks(utterance).flatMap(({ content_block, deltas }, index) => [
      event('content_block_start', { index, content_block }),
      ...deltas.map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ]),
    closing: [
      event('message_delta', {
        delta: { stop_reason: stopReason(utterance), stop_sequence: null },
        usage: { output_tokens: tokensIn(utterance) },
      }),
      event('message_stop', {}),
    ],
  };
}

function contentBlocks({ text, calls }: Utterance): { content_block: object; deltas: object[] }[] {
  const words = {
    content_block: { type: 'text', text: '' },
    deltas: piecesOf(text).map((piece) => ({ type: 'text_delta', text: piece })),
  };
  return [
    ...(text === '' ? [] : [words]),
    ...calls.map((call) => ({
      content_block: toolUse(call),
      deltas: ['', ...piecesOf(call.arguments)].map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      })),
    })),
  ];
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
