import { describe, expect, it } from 'vitest';
import {
  deadlines,
  decideMove,
  type Entry,
  type EntryWithHistory,
  type EscalateEvent,
  graver,
  joinEvent,
  type Move,
  REASONS,
  type Status,
  severityOf,
} from './fallback.ts';
import { Problem } from './problem.ts';

const sla = { critical: { acknowledge: 2, engage: 5 }, standard: { acknowledge: 15, engage: 60 } };
const filed = '2026-11-23T18:00:00.000Z';
const soon = '2026-11-23T18:01:00.000Z';
const late = '2026-11-23T20:00:00.000Z';

const open: Entry = {
  entry_id: 'fb_1',
  tenant_id: 't1',
  conversation_id: 'cv_1',
  channel: 'voice',
  caller: '+14155550123',
  reason: 'caller_asked_for_human',
  reason_detail: null,
  severity: 'standard',
  status: 'open',
  created_at: filed,
  ...deadlines(sla, 'standard', filed),
  ack_breached: false,
  engage_breached: false,
  assignee: null,
  acknowledged_by: null,
  acknowledged_at: null,
  engaged_by: null,
  engaged_at: null,
  resolved_by: null,
  resolved_at: null,
  resolution_notes: null,
  tags: ['b'],
};

const held: Partial<Entry> = { assignee: 'lex', acknowledged_by: 'lex', acknowledged_at: soon };
const at: Record<Status, Entry> = {
  open,
  acknowledged: { ...open, ...held, status: 'acknowledged' },
  engaged: { ...open, ...held, status: 'engaged', engaged_by: 'lex', engaged_at: soon },
  resolved: {
    ...open,
    ...held,
    status: 'resolved',
    resolved_by: 'lex',
    resolved_at: soon,
    resolution_notes: 'done',
  },
};

const moves: Record<Move['move'], Move> = {
  acknowledge: { move: 'acknowledge' },
  assign: { move: 'assign', assignee: 'kim' },
  engage: { move: 'engage', how: 'phone' },
  note: { move: 'note', text: 'hm' },
  tag: { move: 'tag', add: ['a'], remove: ['b'] },
  resolve: { move: 'resolve', notes: 'called', tags: ['a'] },
  reopen: { move: 'reopen', notes: 'again' },
};

function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof Problem ? error.code : 'not a problem';
  }
}

describe('severity', () => {
  it('is critical for an emergency, and while a caller waits on the line', () => {
    expect(severityOf('emergency', false)).toBe('critical');
    expect(severityOf('complaint', true)).toBe('critical');
    expect(severityOf('complaint', false)).toBe('standard');
  });

  it('is standard where nobody waits', () => {
    const standard = REASONS.filter((reason) => severityOf(reason, true) === 'standard');
    expect(standard).toEqual([
      'review_required',
      'message_left',
      'callback_requested',
      'text_undelivered',
      'limit_reached',
    ]);
  });

  it('never falls', () => {
    expect([
      graver('standard', 'critical'),
      graver('critical', 'standard'),
      graver('standard', 'standard'),
    ]).toEqual(['critical', 'critical', 'standard']);
  });
});

describe('a move', () => {
  it.each([
    ['acknowledge', 'open', 'acknowledged', ['acknowledged']],
    ['assign', 'open', 'open', ['assigned']],
    ['assign', 'engaged', 'engaged', ['assigned']],
    ['engage', 'open', 'engaged', ['acknowledged', 'engaged']],
    ['engage', 'acknowledged', 'engaged', ['engaged']],
    ['note', 'resolved', 'resolved', ['noted']],
    ['tag', 'resolved', 'resolved', ['tagged']],
    ['resolve', 'open', 'resolved', ['resolved']],
    ['resolve', 'engaged', 'resolved', ['resolved']],
    ['reopen', 'resolved', 'open', ['reopened']],
  ] as const)('%s takes an entry that is %s to %s', (move, from, to, actions) => {
    const moved = decideMove(at[from], moves[move], 'lex', soon, sla);
    expect({ ...at[from], ...moved.changes }.status).toBe(to);
    expect(moved.timeline.map(({ action }) => action)).toEqual(actions);
  });

  it.each([
    ['acknowledge', 'resolved'],
    ['assign', 'resolved'],
    ['engage', 'engaged'],
    ['engage', 'resolved'],
    ['resolve', 'resolved'],
    ['reopen', 'open'],
    ['reopen', 'acknowledged'],
    ['reopen', 'engaged'],
  ] as const)('%s is refused from %s, which is named', (move, from) => {
    const act = () => decideMove(at[from], moves[move], 'lex', soon, sla);
    expect(codeOf(act)).toBe('invalid_transition');
    expect(act).toThrow(new RegExp(`is ${from}`));
  });

  it('to acknowledge what another holds names the holder; by the holder it changes nothing', () => {
    const act = () => decideMove(at.acknowledged, moves.acknowledge, 'kim', soon, sla);
    expect(codeOf(act)).toBe('already_acknowledged');
    expect(act).toThrow(/^lex has fb_1/);
    expect(decideMove(at.engaged, moves.acknowledge, 'lex', soon, sla)).toEqual({
      changes: {},
      timeline: [],
    });
  });

  it('marks a deadline that it misses, and only that', () => {
    expect(decideMove(open, moves.acknowledge, 'lex', soon, sla).changes.ack_breached).toBe(false);
    expect(decideMove(open, moves.acknowledge, 'lex', late, sla).changes.ack_breached).toBe(true);
    expect(decideMove(open, moves.engage, 'lex', late, sla).changes).toMatchObject({
      ack_breached: true,
      engage_breached: true,
      assignee: 'lex',
      acknowledged_at: late,
    });
  });

  it('to engage leaves the entry with its assignee', () => {
    expect(decideMove(at.acknowledged, moves.engage, 'kim', soon, sla).changes).toMatchObject({
      assignee: 'lex',
      engaged_by: 'kim',
    });
  });

  it('to tag or resolve keeps tags sorted and single', () => {
    expect(decideMove(open, { move: 'tag', add: ['c', 'a', 'a'], remove: ['b'] }, 'lex', soon, sla)).toEqual({
      changes: { tags: ['a', 'c'] },
      timeline: [{ action: 'tagged', detail: '+c +a +a -b' }],
    });
    expect(decideMove(open, moves.resolve, 'lex', soon, sla).changes).toMatchObject({
      tags: ['a', 'b'],
      resolution_notes: 'called',
    });
  });

  it('to reopen frees the entry, with fresh deadlines; a breach stays', () => {
    const changes = decideMove(
      { ...at.resolved, ack_breached: true },
      moves.reopen,
      'kim',
      late,
      sla,
    ).changes;
    expect(changes).toEqual({
      status: 'open',
      assignee: null,
      acknowledged_by: null,
      acknowledged_at: null,
      engaged_by: null,
      engaged_at: null,
      resolved_by: null,
      resolved_at: null,
      resolution_notes: null,
      ack_due_at: '2026-11-23T20:15:00.000Z',
      engage_due_at: '2026-11-23T21:00:00.000Z',
    });
  });
});

describe('an event that joins', () => {
  const context = {
    summary: 'Wants a person.',
    live: true,
    call_sid: 'CA1',
    slots: { name: 'Anna' },
    transcript: [],
  };
  const entry: EntryWithHistory = { ...open, context, notifications: [], timeline: [] };
  const event: EscalateEvent = {
    event_id: 'ev_2',
    tenant_id: 't1',
    conversation_id: 'cv_1',
    channel: 'voice',
    caller: null,
    reason: 'message_left',
    reason_detail: 'about my crown',
    severity: 'standard',
    live: true,
    at: soon,
    context: {
      ...context,
      summary: 'Left a message.',
      slots: { service: 'crown' },
      transcript: [{ speaker: 'caller', text: 'x', at: soon }],
    },
  };

  it('adds its words and keeps what was known', () => {
    const joined = joinEvent(entry, event, soon, sla);
    expect(joined).toMatchObject({
      changes: {},
      raised: false,
      timeline: [{ action: 'joined', detail: 'message_left: about my crown' }],
    });
    expect(joined.context).toMatchObject({
      summary: 'Wants a person.',
      slots: { name: 'Anna', service: 'crown' },
      transcript: [{ text: 'x' }],
    });
  });

  it('that is graver raises the severity, with deadlines from now; one that is lighter changes nothing', () => {
    const joined = joinEvent(
      entry,
      { ...event, reason: 'emergency', severity: 'critical', reason_detail: null },
      late,
      sla,
    );
    expect(joined).toMatchObject({
      raised: true,
      changes: { severity: 'critical', ...deadlines(sla, 'critical', late) },
      context: { summary: 'Left a message.' },
      timeline: [
        { action: 'joined', detail: 'emergency' },
        { action: 'raised', detail: 'critical' },
      ],
    });
    expect(joinEvent({ ...entry, severity: 'critical' }, event, late, sla)).toMatchObject({
      raised: false,
      changes: {},
    });
  });
});
