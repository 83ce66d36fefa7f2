/** The OpenAI chat-completions protocol. https://platform.openai.com/docs/api-reference/chat */
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

export const OPENAI: Protocol = {
  refuseBadKey: ({ authorization }, key) => {
    if (authorization === undefined) throw new ModelRefusal('wrong_key', "You didn't provide an API key.");
    if (authorization !== `Bearer ${key}`) throw new ModelRefusal('wrong_key', 'Incorrect API key provided.');
  },
  read,
  whole: (request, utterance) => ({
    ...head(request, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: utterance.text === '' && utterance.calls.length > 0 ? null : utterance.text,
          ...(utterance.calls.length > 0 ? { tool_calls: utterance.calls.map(toolCall) } : {}),
          refusal: null,
        },
        logprobs: null,
        finish_reason: finishReason(utterance),
      },
    ],
    usage: usage(request, utterance),
  }),
  stream,
  refusal: (refusal, headers) => {
    const { status, type, code } = REFUSALS[refusal.kind];
    const error = { message: refusal.message, type, param: refusal.param, code };
    return jsonAnswer({ error }, status, headers);
  },
  models: (names) => ({
    object: 'list',
    data: names.map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'simulated' })),
  }),
};

const REFUSALS: Readonly<Record<RefusalKind, { status: number; type: string; code: string | null }>> = {
  bad_request: { status: 400, type: 'invalid_request_error', code: null },
  wrong_key: { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  unknown_model: { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  unknown_path: { status: 404, type: 'invalid_request_error', code: 'unknown_url' },
  rate_limit: { status: 429, type: 'requests', code: 'rate_limit_exceeded' },
  error: { status: 500, type: 'server_error', code: null },
};

const KNOWN = [
  'model', 'messages', 'stream', 'stream_options', 'temperature', 'top_p', 'max_tokens', 'max_completion_tokens',
  'tools', 'tool_choice', 'parallel_tool_calls', 'stop', 'presence_penalty', 'frequency_penalty', 'seed', 'user',
  'n', 'response_format', 'reasoning_effort', 'verbosity', 'metadata', 'store', 'logit_bias', 'logprobs',
  'top_logprobs', 'service_tier', 'prompt_cache_key', 'safety_identifier',
]; // biome-ignore format: a list of words

function read(body: JsonObject): ModelRequest {
  refuseUnknown(body, KNOWN);
  const messages = listAt('messages', body.messages, { least: 1 }).map((message, index) =>
    objectAt(`messages[${index}]`, message),
  );
  refuseUnansweredCalls(messages);
  const read = messages.map(readMessage);
  refuseNumberOutside(body, 'temperature', 0, 2);
  refuseNumberOutside(body, 'top_p', 0, 1);
  refuseUnlessCount(body, 'max_tokens');
  refuseUnlessCount(body, 'max_completion_tokens');
  if (body.max_tokens !== undefined && body.max_completion_tokens !== undefined)
    throw badRequest('max_tokens', 'not together with max_completion_tokens');
  const stream = flagAt(body, 'stream');
  if (body.stream_options !== undefined && !stream)
    throw badRequest('stream_options', 'only allowed when stream is true');
  const tools = readTools(body.tools);
  refuseBadChoice(body.tool_choice, tools);
  return {
    protocol: 'openai',
    model: textAt('model', body.model),
    system: read
      .filter(({ role }) => role === 'system')
      .map(({ text }) => text)
      .join('\n'),
    messages: read.filter((message): message is ModelMessage => message.role !== 'system'),
    tools,
    stream,
    body,
  };
}

type ReadMessage = ModelMessage | { role: 'system'; text: string };

function readMessage(message: JsonObject, index: number): ReadMessage {
  const at = `messages[${index}]`;
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', text: readContent(`${at}.content`, message.content) };
    case 'user':
    case 'tool':
      return { role: message.role, text: readContent(`${at}.content`, message.content) };
    case 'assistant':
      return { role: 'assistant', text: readAssistant(at, message) };
    default:
      throw badRequest(`${at}.role`, 'must be system, developer, user, assistant or tool');
  }
}

function readAssistant(at: string, { content, tool_calls }: JsonObject): string {
  const calls = tool_calls === undefined ? [] : listAt(`${at}.tool_calls`, tool_calls, { least: 1 });
  const silent = (content === null || content === undefined) && calls.length > 0;
  const said = silent ? '' : readContent(`${at}.content`, content);
  return [said, ...calls.map((call, index) => readCall(`${at}.tool_calls[${index}]`, call))]
    .filter((part) => part !== '')
    .join('\n');
}

function readCall(at: string, value: unknown): string {
  const call = objectAt(at, value);
  if (call.type !== 'function') throw badRequest(`${at}.type`, 'must be function');
  const { name, arguments: input } = objectAt(`${at}.function`, call.function);
  return `${textAt(`${at}.function.name`, name)}(${textAt(`${at}.function.arguments`, input)})`;
}

function readContent(at: string, content: unknown): string {
  if (typeof content === 'string') return content;
  return listAt(at, content, { least: 1 })
    .map((part, index) => {
      const { type, text } = objectAt(`${at}[${index}]`, part);
      if (type !== 'text') throw badRequest(`${at}[${index}].type`, 'must be text');
      return textAt(`${at}[${index}].text`, text);
    })
    .join('');
}

/** Each call of a tool is answered by a tool's message right behind it, and no other tool's message stands anywhere. */
function refuseUnansweredCalls(messages: readonly JsonObject[]): void {
  let open: unknown[] = [];
  messages.forEach((message, index) => {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id))
        throw badRequest(`messages[${index}]`, 'a tool message must answer one of the tool_calls before it');
      open = open.filter((id) => id !== message.tool_call_id);
      return;
    }
    if (open.length > 0)
      throw badRequest(`messages[${index}]`, 'the tool_calls before it are not all answered');
    if (Array.isArray(message.tool_calls)) open = message.tool_calls.map((call) => isObject(call) && call.id);
  });
  if (open.length > 0) throw badRequest('messages', 'the last tool_calls are not answered');
}

function readTools(value: unknown): ModelTool[] {
  if (value === undefined) return [];
  return listAt('tools', value, { least: 1 }).map((item, index) => {
    const at = `tools[${index}]`;
    const tool = objectAt(at, item);
    if (tool.type !== 'function') throw badRequest(`${at}.type`, 'must be function');
    const described = objectAt(`${at}.function`, tool.function);
    return toolOf(`${at}.function`, described, described.parameters);
  });
}

function refuseBadChoice(choice: unknown, tools: readonly ModelTool[]): void {
  if (choice === undefined) return;
  if (tools.length === 0) throw badRequest('tool_choice', 'only allowed when tools are specified');
  if (!isObject(choice) && !['none', 'auto', 'required'].includes(String(choice)))
    throw badRequest('tool_choice', 'must be none, auto, required or a function');
}

const CREATED = 1_700_000_000;

function head({ model }: ModelRequest, object: string) {
  return { id: 'chatcmpl-simulated', object, created: CREATED, model, system_fingerprint: null };
}

function toolCall({ id, name, arguments: input }: ToolCall) {
  return { id, type: 'function', function: { name, arguments: input } };
}

function finishReason({ calls }: Utterance): string {
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

function usage({ body }: ModelRequest, utterance: Utterance) {
  const prompt_tokens = piecesOf(JSON.stringify(body)).length;
  const completion_tokens = tokensIn(utterance);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

function stream(request: ModelRequest, utterance: Utterance): EventStream {
  const chunk = (rest: object) => event({ ...head(request, 'chat.completion.chunk'), ...rest });
  const delta = (delta: object, finish_reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
  const { stream_options } = request.body;
  const counted = isObject(stream_options) && stream_options.include_usage === true;
  return {
    opening: [delta({ role: 'assistant', content: '', refusal: null })],
    tokens: [
      ...piecesOf(utterance.text).map((content) => delta({ content })),
      ...utterance.calls.flatMap((call, index) => [
        delta({ tool_calls: [{ index, ...toolCall({ ...call, arguments: '' }) }] }),
        ...piecesOf(call.arguments).map((piece) =>
          delta({ tool_calls: [{ index, function: { arguments: piece } }] }),
        ),
      ]),
    ],
    closing: [
      delta({}, finishReason(utterance)),
      ...(counted ? [chunk({ choices: [], usage: usage(request, utterance) })] : []),
      'data: [DONE]\n\n',
    ],
  };
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
