import { expect, onTestFinished, test } from 'vitest';
import { type ModelOptions, startModel } from './model.ts';
import type { Mood } from './model-moods.ts';

const TOOL = { description: 'a person takes over', schema: { type: 'object', properties: {} } };
const PROTOCOLS = {
  openai: {
    path: '/chat/completions',
    headers: { authorization: 'Bearer sk-right' },
    body: {
      model: 'small',
      messages: [
        { role: 'system', content: 'You answer the phone.' },
        { role: 'user', content: 'Hi there' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'escalate', description: TOOL.description, parameters: TOOL.schema },
        },
      ],
    },
  },
  anthropic: {
    path: '/messages',
    headers: { 'x-api-key': 'sk-right', 'anthropic-version': '2023-06-01' },
    body: {
      model: 'small',
      max_tokens: 100,
      system: 'You answer the phone.',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi there' }] }],
      tools: [{ name: 'escalate', description: TOOL.description, input_schema: TOOL.schema }],
    },
  },
};
type ProtocolName = keyof typeof PROTOCOLS;
const BOTH: ProtocolName[] = ['openai', 'anthropic'];

async function start(options: Partial<ModelOptions> = {}) {
  const model = await startModel({ key: 'sk-right', models: ['small'], ...options });
  onTestFinished(model.close);
  const ask = (protocol: ProtocolName, more: object = {}, headers: Record<string, string> = {}) =>
    fetch(model.url + PROTOCOLS[protocol].path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...PROTOCOLS[protocol].headers, ...headers },
      body: JSON.stringify({ ...PROTOCOLS[protocol].body, ...more }),
      signal: AbortSignal.timeout(400),
    });
  const refusal = async (...asked: Parameters<typeof ask>) => {
    const response = await ask(...asked);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    return { status: response.status, ...error };
  };
  return { model, ask, refusal };
}

/** Everything that a stream's words and tools come to, and whether it came to its end. */
async function listen(response: Response): Promise<{ text: string; tools: string[]; ended: boolean }> {
  const heard = { text: '', tools: [] as string[], ended: false };
  const tool = (piece: string) => heard.tools.push((heard.tools.pop() ?? '') + piece);
  const hear = (line: string) => {
    if (line === 'data: [DONE]' || line.includes('"message_stop"')) heard.ended = true;
    if (!line.startsWith('data: {')) return;
    const { choices, delta, content_block } = JSON.parse(line.slice(6));
    const piece = choices?.[0]?.delta ?? delta ?? {};
    heard.text += piece.content ?? piece.text ?? '';
    const called = piece.tool_calls?.[0]?.function;
    const name = called?.name ?? (content_block?.type === 'tool_use' && content_block.name);
    if (name) heard.tools.push(`${name} `);
    tool(called?.arguments ?? piece.partial_json ?? '');
  };
  let rest = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(hear);
    }
  } catch {
    // cut off: what was heard until then counts
  }
  return { ...heard, tools: heard.tools.filter((name) => name !== '') };
}

test.each(BOTH)('%s: words and tools come in pieces, and the stream ends', async (protocol) => {
  const { model, ask } = await start({
    answer: ({ system, messages, tools }) => ({
      text: `${system}\n${messages.map(({ role, text }) => `${role}: ${text}`)}`,
      tools: tools.map(({ name }) => ({ name, input: { reason: 'asked for a person' } })),
    }),
  });
  const response = await ask(protocol, { stream: true });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(await listen(response)).toEqual({
    text: 'You answer the phone.\nuser: Hi there',
    tools: ['escalate {"reason":"asked for a person"}'],
    ended: true,
  });
  expect(model.requests).toMatchObject([
    { outcome: 'normal', request: { protocol, model: 'small', stream: true } },
  ]);
  expect(model.requests[0]?.request?.tools).toEqual([
    { name: 'escalate', description: TOOL.description, parameters: TOOL.schema },
  ]);
  expect(model.unexpected()).toEqual([]);
});

test('openai: the first chunk has the role and no token, and usage comes where it is asked for', async () => {
  const { ask } = await start({ answer: () => ({ text: 'Good day.' }) });
  const text = await (await ask('openai', { stream: true, stream_options: { include_usage: true } })).text();
  const events = text.trim().split('\n\n');
  expect(events.at(-1)).toBe('data: [DONE]');
  const chunks = events.slice(0, -1).map((line) => JSON.parse(line.replace(/^data: /, '')));
  expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
    { role: 'assistant', content: '', refusal: null },
    { content: 'Good' },
    { content: ' day.' },
    {},
    undefined,
  ]);
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([
    null,
    null,
    null,
    'stop',
    undefined,
  ]);
  expect(chunks.at(-1)?.usage.completion_tokens).toBe(2);
});

test('anthropic: events have their names, blocks open and close', async () => {
  const { ask } = await start({ answer: () => ({ text: 'Good', tools: [{ name: 'escalate', input: {} }] }) });
  const text = await (await ask('anthropic', { stream: true })).text();
  expect([...text.matchAll(/^event: (.+)$/gm)].map(([, name]) => name)).toEqual([
    ...['message_start', 'ping'],
    ...['content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
    ...['message_delta', 'message_stop'],
  ]);
  expect(text).toContain('"stop_reason":"tool_use"');
});

test('without a stream the answer comes whole', async () => {
  const { ask } = await start({
    answer: () => ({ text: 'Hi.', tools: [{ name: 'escalate', input: { a: 1 } }] }),
  });
  expect(await (await ask('openai')).json()).toMatchObject({
    choices: [
      {
        message: { content: 'Hi.', tool_calls: [{ function: { name: 'escalate', arguments: '{"a":1}' } }] },
        finish_reason: 'tool_calls',
      },
    ],
  });
  expect(await (await ask('anthropic')).json()).toMatchObject({
    content: [
      { type: 'text', text: 'Hi.' },
      { type: 'tool_use', name: 'escalate', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
  });
});

test('the key is checked, and the models that exist are listed', async () => {
  const { model, refusal } = await start();
  expect(await refusal('openai', {}, { authorization: 'Bearer sk-wrong' })).toMatchObject({
    ...{ status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  });
  expect(await refusal('anthropic', {}, { 'x-api-key': 'sk-wrong' })).toMatchObject({
    ...{ status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  });
  expect(model.unexpected()).toHaveLength(2);
  expect(JSON.stringify([model.requests, model.unexpected()])).not.toContain('sk-');
  for (const protocol of BOTH) {
    const list = await fetch(`${model.url}/models`, { headers: PROTOCOLS[protocol].headers });
    expect(await list.json()).toMatchObject({ data: [{ id: 'small' }] });
  }
  expect((await fetch(`${model.url}/models`)).status).toBe(401);
});

test.each<[string, object, string]>([
  ['a model that does not exist', { model: 'huge' }, 'huge'],
  ['no messages', { messages: [] }, 'messages'],
  ['a role that does not exist', { messages: [{ role: 'robot', content: 'x' }] }, 'role'],
  ['content that is none', { messages: [{ role: 'user', content: 7 }] }, 'content'],
  ['an argument that does not exist', { volume: 11 }, 'volume'],
  ['a high temperature', { temperature: 2.5 }, 'temperature'],
  ['half a token', { max_tokens: 0.5 }, 'max_tokens'],
  ['a stream that is no flag', { stream: 'yes' }, 'stream'],
  ['a choice among no tools', { tools: undefined, tool_choice: { type: 'auto' } }, 'tool_choice'],
  ['a choice that does not exist', { tool_choice: 'maybe' }, 'tool_choice'],
  [
    'a tool without a schema',
    { tools: [{ type: 'function', name: 'a', function: { name: 'a' } }] },
    'schema',
  ],
  [
    'a tool with a bad name',
    { tools: [{ type: 'function', name: 'a b', input_schema: {}, function: { name: 'a b' } }] },
    'name',
  ],
])('%s is refused in both protocols', async (_, more, words) => {
  const { model, refusal } = await start();
  for (const protocol of BOTH) {
    expect(await refusal(protocol, more)).toMatchObject({
      status: words === 'huge' ? 404 : 400,
      message: expect.stringContaining(words),
    });
  }
  expect(model.unexpected()).toHaveLength(2);
});

const CALL = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'escalate', arguments: '{}' } }],
};
const RESULT = { role: 'tool', tool_call_id: 'c1', content: 'done' };
const USER = { role: 'user', content: 'hi' };
const USE = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'escalate', input: {} }] };
const USED = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'done' }] };

test.each<[ProtocolName, object[], string | null]>([
  ['openai', [USER, CALL, RESULT], null],
  ['openai', [USER, CALL, USER], 'not all answered'],
  ['openai', [USER, CALL], 'not answered'],
  ['openai', [USER, RESULT], 'must answer one'],
  ['anthropic', [USER, USE, USED], null],
  ['anthropic', [USER, USE, USER], 'without a tool_result'],
  ['anthropic', [USER, USE], 'without a tool_result'],
  ['anthropic', [USED], 'without its tool_use'],
  ['anthropic', [{ role: 'assistant', content: 'hi' }], 'first message'],
  ['anthropic', [{ role: 'user', content: ' ' }], 'non-empty'],
  ['anthropic', [{ role: 'system', content: 'x' }], 'role'],
])('%s: a tool is used, then answered: %j', async (protocol, messages, complaint) => {
  const { ask, model } = await start();
  const response = await ask(protocol, { messages });
  expect(response.status).toBe(complaint === null ? 200 : 400);
  expect(model.requests[0]?.explanation ?? '').toContain(complaint ?? '');
  const [last] = model.requests[0]?.request?.messages.slice(-1) ?? [];
  if (complaint === null) expect(last).toEqual({ role: 'tool', text: 'done' });
});

test('anthropic needs a version and a number of tokens; openai takes one limit', async () => {
  const { refusal } = await start();
  expect(await refusal('anthropic', {}, { 'anthropic-version': '' })).toMatchObject({ status: 400 });
  expect(await refusal('anthropic', { max_tokens: undefined })).toMatchObject({ status: 400 });
  expect(await refusal('openai', { max_tokens: 1, max_completion_tokens: 1 })).toMatchObject({ status: 400 });
  expect(await refusal('openai', { stream_options: {} })).toMatchObject({ status: 400 });
});

test('what is no JSON object, or nowhere, is refused', async () => {
  const { model } = await start();
  const post = async (path: string, body: string, type: string) => {
    const headers = { ...PROTOCOLS.openai.headers, 'content-type': type };
    return (await fetch(model.url + path, { method: 'POST', headers, body })).status;
  };
  expect(await post('/chat/completions', '[]', 'application/json')).toBe(400);
  expect(await post('/chat/completions', '{', 'application/json')).toBe(400);
  expect(await post('/chat/completions', '{}', 'text/plain')).toBe(400);
  expect(await post('/responses', '{}', 'application/json')).toBe(404);
});

const WORDS = 'one two three four';

test.each(BOTH)('%s: slow, it is silent until the first token', async (protocol) => {
  const { model, ask } = await start({ answer: () => ({ text: WORDS }) });
  model.setMood({ mood: 'slow', firstTokenMs: 120 });
  for (const stream of [true, false]) {
    const startedAt = performance.now();
    const response = await ask(protocol, { stream });
    const text = await response.text();
    expect(performance.now() - startedAt).toBeGreaterThan(110);
    expect(text).toContain('four');
  }
});

test.each(BOTH)('%s: stalled or cut, half of the tokens come', async (protocol) => {
  const { model, ask } = await start({ answer: () => ({ text: 'one two three four' }) });
  for (const mood of ['stall', 'cut'] as const) {
    model.setMood(mood);
    const { text, ended } = await listen(await ask(protocol, { stream: true }));
    expect([text.startsWith('one'), text.includes('four'), ended]).toEqual([true, false, false]);
    await expect(ask(protocol)).rejects.toThrow(mood === 'stall' ? 'timeout' : 'fetch failed');
  }
});

test.each<[Mood, number, string | null]>([
  [{ mood: 'rate_limit', retryAfter: 7 }, 429, '7'],
  [{ mood: 'error' }, 500, null],
  [{ mood: 'wrong_key' }, 401, null],
])('%o refuses what is right', async (mood, status, retryAfter) => {
  const { model, ask } = await start();
  model.setMood({ ...mood, times: 2 });
  for (const protocol of BOTH) {
    const response = await ask(protocol, { stream: true });
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } });
  }
  expect((await ask('openai')).status).toBe(200);
  expect(model.requests.map(({ outcome }) => outcome)).toEqual([mood.mood, mood.mood, 'normal']);
  expect(model.unexpected()).toEqual([]);
});

test('told to refuse, it cuts the connection before an answer', async () => {
  const { model, ask } = await start();
  model.setMood('refuse');
  await expect(ask('openai')).rejects.toThrow('fetch failed');
  model.setMood('normal');
  expect((await ask('openai')).status).toBe(200);
});

test.each([
  ['empty', []],
  ['unknown_tool', ['order_pizza {"size":"large"}']],
  ['broken_json', ['escalate {"reason": "caller_asked']],
  ['wrong_input', ['escalate {"purple":[1,2,3]}']],
] as const)('nonsense: %s', async (nonsense, tools) => {
  const { model, ask } = await start();
  model.setMood({ mood: 'nonsense', nonsense });
  for (const protocol of BOTH) {
    expect(await listen(await ask(protocol, { stream: true }))).toEqual({ text: '', tools, ended: true });
  }
});

test('even in a bad mood the request has to be right', async () => {
  const { model, ask } = await start();
  model.setMood('error');
  expect((await ask('openai', { volume: 11 })).status).toBe(400);
  expect(model.unexpected()).toHaveLength(1);
});
