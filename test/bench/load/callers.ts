/** Callers who cost the machine little: they sign, speak and find the next address in the answer, and play nothing. */
import { signForm } from '@receptionist/simulator/caller';
import { ACCOUNT_SID, AUTH_TOKEN, CALLER } from '../../harness/credentials.ts';
import { openWire } from '../../harness/wire.ts';

/** None of it needs a person, so that what is measured is the turn alone. */
const QUESTIONS = [
  'Are you open on Friday?',
  'Where are you?',
  'How much is a cleaning?',
  'Do you take insurance?',
  'Is there parking?',
];

export interface Callers {
  /** Resolves when the greeting came. */
  dial(numbers?: { from?: string; to?: string }): Promise<BenchCall>;
  close(): void;
}

export interface BenchCall {
  /** What the other side said last. */
  document: string;
  /** The next question. Resolves when the answer came. */
  ask(): Promise<void>;
  /** Something else. Resolves when the answer came. */
  say(words: string): Promise<void>;
  hangUp(): Promise<void>;
}

export const QUESTIONS_A_CALL = QUESTIONS.length;

export function createCallers(url: string): Callers {
  const wire = openWire(url);

  async function post(path: string, fields: Record<string, string>): Promise<string> {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'i-twilio-idempotency-token': crypto.randomUUID(),
      'x-twilio-signature': signForm(AUTH_TOKEN, url + path, fields),
    };
    const body = new URLSearchParams(fields).toString();
    const answer = await wire.ask({ method: 'POST', path, headers, body });
    if (answer.status !== 200 && answer.status !== 204)
      throw new Error(`${path} was answered ${answer.status ?? answer.failure}`);
    return answer.body;
  }

  return {
    async dial({ from = CALLER, to = '+15005550006' } = {}) {
      const call = {
        AccountSid: ACCOUNT_SID,
        CallSid: `CA${crypto.randomUUID().replaceAll('-', '')}`,
        From: from,
        To: to,
      };
      let asked = 0;
      let document = await post('/twilio/webhook', { ...call, CallStatus: 'ringing' });
      const say = async (words: string) => {
        document = await post(nextPath(document), { ...call, SpeechResult: words, Confidence: '0.93' });
      };
      return {
        get document() {
          return document;
        },
        ask: () => say(QUESTIONS[asked++ % QUESTIONS.length] ?? ''),
        say,
        async hangUp() {
          await post('/twilio/status/call', { ...call, CallStatus: 'completed' });
        },
      };
    },
    close: wire.close,
  };
}

function nextPath(document: string): string {
  const action = / action="([^"]*)"/.exec(document)?.[1];
  if (!action) throw new Error(`the call is over: ${document}`);
  const { pathname, search } = new URL(action.replaceAll('&amp;', '&'));
  return pathname + search;
}
