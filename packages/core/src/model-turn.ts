/**
 * A language model's part in a turn: it proposes, and what is proposed is judged here before anybody hears it. What a tool
 * does is done by the same code as without a model, so that flags and plans are obeyed whatever the model says.
 */
import type { Step } from './conversation.ts';
import { cleanText, maskSensitive } from './privacy.ts';
import { CALLER_REASONS, escalateFor, type HeardTurn, recordMessage } from './replies.ts';
import type { CallerReason } from './summaries.ts';
import { sentencesOf } from './texts.ts';
import { reply } from './turn.ts';

/** What came from a model, as it came. */
export interface ModelOutput {
  text: string;
  calls: readonly { tool: string; input: unknown }[];
}

/** What a model would do, after it was judged. */
export type Proposal =
  | { kind: 'say'; sentences: string[] }
  | { kind: 'escalate'; reason: CallerReason; summary: string }
  | { kind: 'take_message'; text: string };

export interface ModelTool {
  description: string;
  /** JSON schema of the input. */
  parameters: object;
  /** Null where the input does not fit. */
  read: (input: Readonly<Record<string, unknown>>) => Proposal | null;
}

const text = (description: string) => ({ type: 'string', description });

const parameters = (properties: Record<string, object>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** Everything that a model can do beside speaking. */
export const MODEL_TOOLS: Readonly<Record<string, ModelTool>> = {
  escalate: {
    description:
      'Alert the team, so that a person gets back to the caller. Use it whenever you cannot help with what you know, and for every wish to book, move or cancel an appointment.',
    parameters: parameters({
      reason: { type: 'string', enum: CALLER_REASONS },
      summary: text('One or two sentences for the colleague: what the caller wants and what was said.'),
    }),
    read: ({ reason, summary }) => {
      const known = CALLER_REASONS.find((each) => each === reason);
      const words = readWords(summary, 500);
      return known && words ? { kind: 'escalate', reason: known, summary: words } : null;
    },
  },
  take_message: {
    description: 'Pass a message on to the team, once the caller has said what it is.',
    parameters: parameters({ text: text("The whole message, in the caller's words.") }),
    read: (input) => {
      const words = readWords(input['text'], 1_000);
      return words ? { kind: 'take_message', text: words } : null;
    },
  },
};

function readWords(value: unknown, limit: number): string {
  return typeof value === 'string' ? maskSensitive(cleanText(value, limit)) : '';
}

/** Whatever a model says beyond these is cut. */
const MOST_SENTENCES = 4;
const LONGEST_SPEECH = 1_200;

/** Why a model's words must not be heard; each is a word for the metrics. */
const OBJECTIONS: readonly { why: string; to: (text: string) => boolean }[] = [
  { why: 'empty', to: (text) => !/[\p{L}\p{N}]/u.test(text) },
  { why: 'too_long', to: (text) => text.length > LONGEST_SPEECH },
  { why: 'markup', to: (text) => /<\/?[a-z!?][^>]*>|```|\*\*|^#{1,6} |^\s*[{[]"?|\]\(http/im.test(text) },
  { why: 'sensitive', to: (text) => maskSensitive(text) !== text },
  { why: 'promise', to: (text) => PROMISES.some((promise) => promise.test(text)) },
];

/** Of what only a tool does, or nothing that we have. */
const PROMISES = [
  /\b(?:i|we)(?: have|['’]ve| just|['’]ll| will| can| am| are|['’]m|['’]re)*(?: now| just| already)? (?:book|booked|booking|reserve|reserved|reserving|schedule|scheduled|scheduling|reschedule|rescheduled|cancel|cancelled|canceled|confirm|confirmed)\b/i,
  /\b(?:you are|you['’]re|you have been|your (?:appointment|booking|visit|reservation)(?: is| has been| was))(?: all| now)?(?: set|booked| scheduled| confirmed| cancell?ed| moved| reserved)\b/i,
  /\b(?:someone|somebody|a colleague|a person|our team|the (?:team|office|doctor|staff)|they|we|i)(?:['’]ll| will| is going to| are going to)(?: \w+)? (?:call|ring|contact|get back|reach out|follow up|text|email|send|be in touch)\b/i,
  /\b(?:i am|i['’]m|i will|i['’]ll|let me)(?: now)? (?:transfer|transferring|connect|connecting|put|putting|text|texting|send|sending|email|emailing|forward|forwarding|pass|passing)\b/i,
];

/** What of a model's output may count, or why it may not. */
export function judge(output: ModelOutput): { proposal: Proposal } | { refused: string } {
  const [call] = output.calls;
  return call ? judgeCall(call) : judgeSpeech(output.text.trim());
}

function judgeCall({ tool, input }: ModelOutput['calls'][number]) {
  const known = Object.hasOwn(MODEL_TOOLS, tool) ? MODEL_TOOLS[tool] : undefined;
  if (!known) return { refused: 'unknown_tool' };
  const fields = typeof input === 'object' && input !== null ? { ...input } : {};
  const proposal = known.read(fields);
  return proposal ? { proposal } : { refused: 'bad_arguments' };
}

function judgeSpeech(text: string): ReturnType<typeof judge> {
  const objection = OBJECTIONS.find(({ to }) => to(text));
  if (objection) return { refused: objection.why };
  const sentences = sentencesOf(cleanText(text, LONGEST_SPEECH)).slice(0, MOST_SENTENCES);
  return { proposal: { kind: 'say', sentences } };
}

/** Take the turn as it was proposed. */
export function byModel(turn: HeardTurn, proposal: Proposal): Step {
  switch (proposal.kind) {
    case 'escalate':
      return escalateFor(turn, proposal.reason, proposal.summary);
    case 'take_message':
      return recordMessage({ ...turn, words: proposal.text });
    case 'say':
      return speak(turn, proposal.sentences);
  }
}

function speak(turn: HeardTurn, sentences: string[]): Step {
  const last = sentences.at(-1) ?? '';
  const onlyAsks = sentences.length === 1 && last.endsWith('?');
  const served = turn.state.served === 'caller_left' && !onlyAsks ? 'answered' : turn.state.served;
  return reply(turn, onlyAsks ? 'ask' : 'answer', sentences, {
    state: {
      asked: /\b(?:anything|something) else\b.*\?$/i.test(last) ? 'anything_else' : null,
      answer: sentences.filter((sentence) => !sentence.endsWith('?')).join(' ') || turn.state.answer,
      served,
    },
  });
}
