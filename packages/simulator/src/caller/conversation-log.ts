/** What happened in a call or in texts, kept and told as it happens. */
import type { Exchange } from './exchange.ts';
import type { TwilioProblem } from './problems.ts';

export interface Spoken {
  /** The caller is who holds this phone; what comes out of it is the receptionist's, or of a person at another phone. */
  speaker: 'caller' | 'receptionist';
  text: string;
}

export type ConversationEvent =
  | ({ event: 'said' } & Spoken)
  | { event: 'request'; exchange: Exchange }
  | { event: 'problem'; problem: TwilioProblem };

export interface ConversationLog {
  readonly transcript: readonly Spoken[];
  readonly requests: readonly Exchange[];
  readonly problems: readonly TwilioProblem[];
  /** What came back in answer to the last act. */
  readonly sinceLastAct: readonly string[];
  /** The caller does something: what is heard from now on answers it. */
  act: () => void;
  said: (text: string) => void;
  heard: (text: string) => void;
  request: (exchange: Exchange) => void;
  problem: (problem: TwilioProblem) => void;
}

export function createConversationLog(tell: (event: ConversationEvent) => void): ConversationLog {
  const transcript: Spoken[] = [];
  const requests: Exchange[] = [];
  const problems: TwilioProblem[] = [];
  let sinceLastAct: string[] = [];

  function speak(speaker: Spoken['speaker'], text: string): void {
    transcript.push({ speaker, text });
    tell({ event: 'said', speaker, text });
  }

  return {
    transcript,
    requests,
    problems,
    get sinceLastAct() {
      return sinceLastAct;
    },
    act: () => {
      sinceLastAct = [];
    },
    said: (text) => speak('caller', text),
    heard: (text) => {
      sinceLastAct.push(text);
      speak('receptionist', text);
    },
    request: (exchange) => {
      requests.push(exchange);
      tell({ event: 'request', exchange });
    },
    problem: (problem) => {
      problems.push(problem);
      tell({ event: 'problem', problem });
    },
  };
}
