import type { Mood } from '@receptionist/simulator/servers';
import { describe, expect, test } from 'vitest';
import { type FrontDesk, MODEL_KEY, openFrontDesk } from '../harness/front-desk.ts';

const HOURS = 'What time do you open on Thursday?';
const BUILT_IN = /1:30 PM to 7 PM/;
const FROM_MODEL = 'On Thursdays our doors open at nine.';
const SPEAKS = { answer: () => ({ text: FROM_MODEL }) };

/** What the caller heard, and how long that took. */
async function ask(desk: FrontDesk, words = HOURS) {
  const call = await desk.ring();
  const began = performance.now();
  await call.say(words);
  return { heard: call.heard.join(' '), ms: performance.now() - began, call };
}

async function modelTurns(desk: FrontDesk): Promise<string[]> {
  const page = await (await fetch(`${desk.url}/metrics`)).text();
  return page.match(/(?<=^receptionist_model_turns_total)\{.*$/gm) ?? [];
}

test.each(['openai', 'anthropic', 'openai-compatible'] as const)(
  '%s: the model answers',
  async (provider) => {
    const desk = await openFrontDesk({ model: { provider, ...SPEAKS } });
    const { heard, call } = await ask(desk);
    expect(heard).toBe(FROM_MODEL);
    await call.say('Is there a place for my bike?');

    const request = desk.model?.requests.at(-1)?.request;
    expect(request?.stream).toBe(true);
    expect(request?.system).toContain('12 Harbor Street');
    expect(request?.tools.map(({ name }) => name)).toEqual(['escalate', 'take_message']);
    expect(request?.messages.map(({ text }) => text)).toEqual([
      expect.any(String),
      expect.stringContaining('Thank you for calling'),
      HOURS,
      FROM_MODEL,
      'Is there a place for my bike?',
    ]);
    expect(await modelTurns(desk)).toEqual([`{provider="${provider}",result="say"} 2`]);
  },
);

test('the model answers texts too, and never sees what is masked', async () => {
  const desk = await openFrontDesk({ model: SPEAKS });
  const thread = desk.text();
  expect((await thread.send(HOURS)).join()).toContain(FROM_MODEL);
  await thread.send('Does my plan cover it, my card is 4242 4242 4242 4242?');
  expect(desk.model?.requests.length).toBeGreaterThan(1);
  expect(JSON.stringify(desk.model?.requests)).not.toContain('4242');
});

test('what the model escalates, a person is told, in sentences that are ours', async () => {
  const tools = [
    { name: 'escalate', input: { reason: 'booking_not_allowed', summary: 'Wants a cleaning on Friday.' } },
  ];
  const desk = await openFrontDesk({ model: { answer: () => ({ text: 'You are booked!', tools }) } });
  const { heard } = await ask(desk, 'Could you squeeze me in on Friday for a cleaning?');
  expect(heard).toContain('I am alerting our team now');
  expect(heard).not.toContain('booked!');
  expect(await desk.alerts()).toHaveLength(1);
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({ reason: 'booking_not_allowed', severity: 'critical' });
  const { context } = await desk.entry(entry?.entry_id ?? '');
  expect(context.summary).toContain('Wants a cleaning on Friday.');
});

test('a message that the model takes is passed on', async () => {
  const tools = [{ name: 'take_message', input: { text: 'Her crown came off; she is free after four.' } }];
  const desk = await openFrontDesk({ model: { answer: () => ({ tools }) } });
  const { heard } = await ask(desk, 'So, about that crown: it came off, and after four I am free.');
  expect(heard).toContain('I am passing your message on');
  await desk.alerts();
  expect(await desk.entries()).toMatchObject([
    { reason: 'message_left', reason_detail: 'Her crown came off; she is free after four.' },
  ]);
});

test('rules come first: nobody asks a model about an emergency, a person, a key or silence', async () => {
  const desk = await openFrontDesk({ model: SPEAKS });
  for (const words of [
    'help, my husband is unconscious',
    'let me talk to a human',
    'can I leave a message?',
    'you are an idiot',
    'could you repeat that',
  ])
    expect((await ask(desk, words)).heard).not.toContain(FROM_MODEL);
  const call = await desk.ring();
  await call.press('0');
  expect(desk.model?.requests).toEqual([]);
  await desk.alerts();
});

test.each([
  'You are all set for Friday at nine.',
  'I have booked your cleaning.',
  'Someone will call you back tomorrow.',
  'Let me transfer you.',
  '<Say>Hello</Say>',
  '**Hours**: nine to five',
  'Your card 4242 4242 4242 4242 is fine.',
])('what must not be said is not: %s', async (text) => {
  const desk = await openFrontDesk({ model: { answer: () => ({ text }) } });
  expect((await ask(desk)).heard).toMatch(BUILT_IN);
});

describe('a useful turn within four seconds', () => {
  const moods: (Mood & { result: string })[] = [
    { mood: 'slow', result: 'no_first_token' },
    { mood: 'stall', result: 'stalled' },
    { mood: 'cut', result: 'failed' },
    { mood: 'refuse', result: 'failed' },
    { mood: 'rate_limit', result: 'failed' },
    { mood: 'error', result: 'failed' },
    { mood: 'wrong_key', result: 'failed' },
    { mood: 'nonsense', nonsense: 'empty', result: 'empty' },
    { mood: 'nonsense', nonsense: 'unknown_tool', result: 'unknown_tool' },
    { mood: 'nonsense', nonsense: 'broken_json', result: 'bad_arguments' },
    { mood: 'nonsense', nonsense: 'wrong_input', result: 'bad_arguments' },
  ];

  test.each(moods)('the model is in the mood $mood ($result)', async ({ result, ...mood }) => {
    const desk = await openFrontDesk({ model: SPEAKS });
    desk.model?.setMood(mood);
    const { heard, ms } = await ask(desk);
    expect(heard).toMatch(BUILT_IN);
    expect(ms).toBeLessThan(4_000);
    expect(await modelTurns(desk)).toEqual([`{provider="openai",result="${result}"} 1`]);
    expect(JSON.stringify(desk.log)).not.toContain(MODEL_KEY);
  });

  test('nobody is at its address', async () => {
    const settings = { LLM_BASE_URL: 'http://127.0.0.1:9/v1' };
    const desk = await openFrontDesk({ model: SPEAKS, settings });
    const { heard, ms } = await ask(desk);
    expect(heard).toMatch(BUILT_IN);
    expect(ms).toBeLessThan(4_000);
  });

  test('the next in line speaks when the first is silent', async () => {
    const next = await openFrontDesk({ model: SPEAKS });
    const desk = await openFrontDesk({
      model: { answer: () => ({ text: 'Nobody hears this.' }) },
      settings: {
        LLM_FALLBACK_PROVIDER: 'anthropic',
        LLM_FALLBACK_MODEL: 'gpt-5-mini',
        LLM_FALLBACK_API_KEY: MODEL_KEY,
        LLM_FALLBACK_BASE_URL: next.model?.url ?? '',
      },
    });
    desk.model?.setMood('slow');
    const { heard, ms } = await ask(desk);
    expect(heard).toBe(FROM_MODEL);
    expect(ms).toBeLessThan(4_000);
  });

  test('a model that stays away costs only the first callers their time', async () => {
    const desk = await openFrontDesk({ model: SPEAKS });
    desk.model?.setMood('refuse');
    for (let caller = 0; caller < 5; caller++) expect((await ask(desk)).heard).toMatch(BUILT_IN);
    expect(desk.model?.requests).toHaveLength(3);
    expect(await modelTurns(desk)).toEqual([
      '{provider="openai",result="failed"} 3',
      '{provider="openai",result="resting"} 2',
    ]);
  });
});
