/** What happened on a call: the conversation, and where the call stands. */
import { type ConversationEvent, type ConversationLog, createConversationLog } from './conversation-log.ts';
import type { EndStatus } from './players.ts';
import type { WaitingFor } from './wait.ts';

export type CallStatus = 'queued' | 'initiated' | 'ringing' | 'in-progress' | EndStatus;

/** The sentences that the caller heard in answer to an act. */
export type Heard = readonly string[];

export type CallEvent = { callSid: string } & (
  | ConversationEvent
  | { event: 'waiting'; waitingFor: WaitingFor }
  | { event: 'ended'; status: CallStatus }
);

export interface CallLog extends ConversationLog {
  waiting: (waitingFor: WaitingFor) => void;
  ended: (status: CallStatus) => void;
}

export function createCallLog(callSid: string, tell: (event: CallEvent) => void): CallLog {
  return Object.assign(
    createConversationLog((event) => tell({ callSid, ...event })),
    {
      waiting: (waitingFor: WaitingFor) => tell({ callSid, event: 'waiting', waitingFor }),
      ended: (status: CallStatus) => tell({ callSid, event: 'ended', status }),
    },
  );
}
