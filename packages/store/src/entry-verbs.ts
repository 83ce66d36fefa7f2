/** Events that escalate, and the entries that they become: the questions and changes of the store. */
import type {
  AlertChannel,
  Entry,
  EntryWithHistory,
  EscalateEvent,
  Instant,
  Move,
  Reason,
  Report,
  Severity,
  Status,
  TimelineEvent,
  Ways,
} from '@receptionist/core';
import type { Page, PageRequest } from './pages.ts';

export interface EventState {
  event_id: string;
  entry_id: string | null;
  filed_at: Instant | null;
}

/** An entry as it is told of. */
export interface Told<E extends Entry = Entry> {
  entry: E;
  round: number;
  round_at: Instant;
  live: boolean;
  /** Of the last thing that happened to it. */
  seq: number;
}

/** What the engine did with an entry whose time had come. */
export interface AdvancedEntry {
  entry_id: string;
  tenant_id: string;
  missed: ('ack' | 'engage')[];
  returned: boolean;
  /** The ways that were told of it now, and those that reach nobody, with the reason. */
  told: AlertChannel[];
  skipped: { channel: AlertChannel; why: string }[];
}

export interface EntryFilter {
  /** Empty: those that are not resolved. */
  status: Status[];
  tenant_id?: string;
  severity?: Severity;
  reason?: Reason;
  tag?: string;
  assignee?: string;
  /** Filed at or after. */
  since?: Instant;
  /** In the id, caller, reason detail, notes or tags; case does not matter. */
  q?: string;
}

/** `until` is not part of the period. */
export type ReportRequest = Pick<Report, 'since' | 'until' | 'tenant_id' | 'time_zone' | 'reported_at'>;

/** Something that happened to an entry, and the entry as it is now. */
export interface EntryEvent {
  /** Grows with each event, and is seen in that order; never given twice. */
  position: number;
  event: TimelineEvent;
  entry: Entry;
}

export interface EntryReadVerbs {
  getEvent(event_id: string): Promise<EventState | null>;
  /** Most urgent deadline first: the next one that is still to be met; then those engaged, and last the resolved, newest first. */
  listEntries(filter: EntryFilter, page: PageRequest): Promise<Page<Entry>>;
  /** How many a list of all pages has. */
  countEntries(filter: EntryFilter): Promise<number>;
  getEntry(entry_id: string): Promise<EntryWithHistory | null>;
  /** The entry with all that an alert shows, or null. */
  toldEntry(entry_id: string): Promise<Told<EntryWithHistory> | null>;
  /** Those there are of them, for a list. */
  toldEntries(entry_ids: string[]): Promise<Told[]>;
  /** The entries that a message tells of, in the order in which it does; several for a digest. */
  entriesOfMessage(reference: string): Promise<string[]>;
  /** Where the entry was told last, and what happened since it was told there; null where it was told nowhere that has a thread. */
  threadNews(entry_id: string): Promise<{ reference: string; events: TimelineEvent[]; seq: number } | null>;
  /** The tags of a tenant's entries, those used last first. */
  usedTags(tenant_id: string, limit: number): Promise<string[]>;
  /** Of the entries filed in the period, but for simulated conversations, as they are at `reported_at`. */
  report(asked: ReportRequest): Promise<Report>;
  /** The last position that was given, and whether there are events that wait for theirs (`numberEvents`). */
  eventPosition(): Promise<{ position: number; unnumbered: boolean }>;
  /** In their order; who has seen one position has seen all before it. */
  eventsAfter(position: number, limit: number): Promise<EntryEvent[]>;
}

export interface EntryVerbs {
  emitEscalate(event: Omit<EscalateEvent, 'event_id'>): Promise<{ event_id: string }>;
  /** The oldest events without an entry, held for this worker alone until the transaction ends. */
  claimEvents(limit: number): Promise<EscalateEvent[]>;
  /**
   * Make the event an entry, or let it join the one of its conversation that is not resolved, with its timeline and the
   * deliveries that are due at once, all together. Filing an event twice answers the entry of the first time.
   */
  fileEntry(
    event: EscalateEvent,
    ways: Ways,
    now: Instant,
  ): Promise<{ entry_id: string; joined: boolean } & Pick<AdvancedEntry, 'told' | 'skipped'>>;
  /**
   * Apply a move that core decides on the present state of the entry.
   * @throws Problem `not_found`, `already_acknowledged`, `invalid_transition`
   */
  moveEntry(entry_id: string, move: Move, by: string, now: Instant): Promise<EntryWithHistory>;
  /** Do what is due at `now` for entries whose next action has come, most overdue first; each decided by core. Others' locked entries are left to them. */
  advanceDue(due: { now: Instant; ways: Ways; limit: number }): Promise<AdvancedEntry[]>;
  /** Give those that are not resolved and have no next action, or none that can be right, one now. Answers whom. */
  repairNextActions(now: Instant): Promise<string[]>;
  /** Give the next events that have no position theirs, some thousand at once. Nobody else does meanwhile. */
  numberEvents(): Promise<void>;
}
