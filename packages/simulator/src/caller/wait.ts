/** What a call waits in: a verb that lasts until somebody does something, on this call or on another one. */
import type { Gather } from './gather.ts';
import type { Next } from './players.ts';
import type { WebhookRequest } from './webhook.ts';

/** What a caller, or who plays one, must know of it. */
export type WaitingFor =
  | ({ kind: 'gather' } & Pick<Gather, 'input' | 'hints' | 'timeoutSeconds' | 'actionUrl'>)
  | { kind: 'record'; maxSeconds: number; finishOnKey: string; actionUrl: string }
  /** `talking`: somebody else is there, and they hear each other. */
  | { kind: 'room'; room: string; talking: boolean }
  | { kind: 'dial'; number: string; talking: boolean };

/** What a person does on a call. */
export type CallerAct =
  | { act: 'say'; text: string; confidence: number | null }
  | { act: 'press'; keys: string }
  | { act: 'stay silent' }
  | { act: 'wait'; seconds: number }
  /** `finish`: the key that ends it; null: the person falls silent. */
  | { act: 'record'; text: string; seconds: number; finish: string | null };

export interface Wait {
  readonly waitingFor: WaitingFor;
  /** What follows; null: the call waits on. @throws Error for what nobody can do here */
  act: (what: CallerAct) => Promise<Next | null>;
  /** The call is taken out of it. What it then asks is asked although nobody hears the answer. */
  leave: (how: Leaving) => Promise<WebhookRequest | null>;
}

export type Leaving = 'hangs up' | 'redirected';

export function cannot({ act }: CallerAct, { kind }: WaitingFor): Error {
  return new Error(`The call waits in a <${VERBS[kind]}>, where nobody can "${act}".`);
}

const VERBS = { gather: 'Gather', record: 'Record', room: 'Conference', dial: 'Dial' } as const;
