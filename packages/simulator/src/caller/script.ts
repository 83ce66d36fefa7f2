/**
 * A call, or texts, written down: a line is a turn of the caller, or what the caller must have heard.
 *
 *     # a comment
 *     ? thank you for calling
 *     I would like to speak to a person
 *     [press 1]
 *     [silence]
 *     [hang up]
 *
 * In texts a line is a text, and `[photo https://example.com/tooth.jpg]` one with a picture.
 */
import type { Call } from './call.ts';
import type { TextThread } from './texts.ts';

export type Medium = 'call' | 'texts';

export type ScriptLine =
  | { step: 'say'; text: string }
  | { step: 'press'; keys: string }
  | { step: 'silence' }
  | { step: 'hang up' }
  | { step: 'photo'; url: string }
  | { step: 'expect'; words: string };

export type ScriptStep = ScriptLine & { line: number };

/** What is wrong with a line as it is written, or what did not happen as it is written. */
export interface ScriptFailure {
  line: number;
  message: string;
}

export interface Script {
  steps: readonly ScriptStep[];
  /** Lines that cannot be read. Empty: the script can be played. */
  mistakes: readonly ScriptFailure[];
}

export interface ScriptResult {
  ok: boolean;
  failures: ScriptFailure[];
}

export function parseScript(text: string, medium: Medium = 'call'): Script {
  const steps: ScriptStep[] = [];
  const mistakes: ScriptFailure[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const words = raw.replace(/^\uFEFF/, '').trim();
    if (words === '' || words.startsWith('#')) return;
    const line = index + 1;
    const step = parseLine(words, medium);
    if ('message' in step) mistakes.push({ line, ...step });
    else steps.push({ line, ...step });
  });
  return { steps, mistakes };
}

type Parsed = ScriptLine | { message: string };

function parseLine(words: string, medium: Medium): Parsed {
  if (words.startsWith('?')) {
    const expected = words.slice(1).trim();
    return expected === ''
      ? { message: '"?" alone: write the words that the caller must have heard behind it' }
      : { step: 'expect', words: expected };
  }
  if (!words.startsWith('[')) return { step: 'say', text: words };
  const inside = /^\[([^\]]*)\]$/.exec(words)?.[1]?.trim().replace(/\s+/g, ' ') ?? '';
  return BRACKETS[medium].parse(inside) ?? { message: `"${words}": ${BRACKETS[medium].known}` };
}

const BRACKETS: Readonly<Record<Medium, { known: string; parse: (inside: string) => Parsed | null }>> = {
  call: {
    known: '[press 1], [silence] and [hang up] are what can stand in brackets',
    parse: (inside) => {
      if (/^silence$/i.test(inside)) return { step: 'silence' };
      if (/^hang up$/i.test(inside)) return { step: 'hang up' };
      const keys = /^press (.*)$/i.exec(inside)?.[1]?.replaceAll(' ', '');
      if (keys === undefined) return null;
      return /^[\d*#]+$/.test(keys)
        ? { step: 'press', keys }
        : { message: `"${keys}" are no keys: 0-9, * and # are` };
    },
  },
  texts: {
    known: '[photo https://example.com/tooth.jpg] is what can stand in brackets',
    parse: (inside) => {
      const url = /^photo (\S*)$/i.exec(inside)?.[1];
      if (url === undefined) return null;
      return /^https?:\/\//i.test(url) && URL.canParse(url)
        ? { step: 'photo', url }
        : { message: `"${url}" is no address of a photo: https://example.com/tooth.jpg is one` };
    },
  },
};

/**
 * Play a script on a call or in texts. An expectation that fails is noted and it goes on; a turn on a call that is over
 * ends the script, and the end of the script ends the call. Of a script with mistakes nothing is played.
 */
export async function playScript(on: Call | TextThread, { steps, mistakes }: Script): Promise<ScriptResult> {
  const stage = 'send' in on ? textStage(on) : callStage(on);
  const failures = mistakes.length > 0 ? [...mistakes] : await playSteps(stage, steps);
  await stage.leave();
  return { ok: failures.length === 0, failures };
}

/** Where a script is played. */
interface Stage {
  heard: () => readonly string[];
  /** Does the step, or says why it cannot be done. */
  take: (step: Exclude<ScriptLine, { step: 'expect' }>) => Promise<string | null>;
  leave: () => Promise<unknown>;
}

async function playSteps(stage: Stage, steps: readonly ScriptStep[]): Promise<ScriptFailure[]> {
  const failures: ScriptFailure[] = [];
  for (const step of steps) {
    const { line } = step;
    if (step.step === 'expect') {
      const heard = stage.heard().join(' ');
      if (!plain(heard).includes(plain(step.words)))
        failures.push({ line, message: notHeard(heard, step.words) });
      continue;
    }
    const impossible = await stage.take(step);
    if (impossible !== null) return [...failures, { line, message: impossible }];
  }
  return failures;
}

function callStage(call: Call): Stage {
  return {
    heard: () => call.heard,
    take: async (step) => {
      if (step.step === 'hang up') {
        await call.hangUp();
        return null;
      }
      if (call.waitingFor === null) return `the call is over (${call.status}) before this turn`;
      if (step.step === 'photo') return 'a call carries no photo';
      if (step.step === 'say') await call.say(step.text);
      else if (step.step === 'press') await call.press(step.keys);
      else await call.staySilent();
      return null;
    },
    leave: call.hangUp,
  };
}

function textStage(thread: TextThread): Stage {
  return {
    heard: () => thread.received,
    take: async (step) => {
      if (step.step === 'say') await thread.send(step.text);
      else if (step.step === 'photo') await thread.send('', { media: [photo(step.url)] });
      else return `[${step.step}] is for calls`;
      return null;
    },
    leave: async () => {},
  };
}

function photo(url: string) {
  const kind = /\.(png|gif|webp)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? 'jpeg';
  return { url, contentType: `image/${kind}` };
}

function notHeard(heard: string, words: string): string {
  return `expected to hear "${words}", but heard ${heard === '' ? 'nothing' : `"${heard}"`}`;
}

function plain(words: string): string {
  return words.toLowerCase().replace(/\s+/g, ' ').trim();
}
