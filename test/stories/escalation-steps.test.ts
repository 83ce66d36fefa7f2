/**
 * Who is told when, by a clock that is moved by hand: every deadline, step, return and repetition. What is sent and stands
 * in no line here fails the story, and so does what is missing.
 */
import { ROUTES } from '@receptionist/admin-api';
import type { OnCall } from '@receptionist/core';
import { expect, test } from 'vitest';
import { type FrontDesk, type FrontDeskOptions, openFrontDesk } from '../harness/front-desk.ts';
import { BEA_PHONE, LEX_PHONE, LEX_THEN_BEA } from '../harness/on-call.ts';
import { watchOutside } from '../harness/outside.ts';
import { northside } from '../harness/tenants.ts';

const WANTS_A_PERSON = 'Critical: Northside Dental: caller asked for a person: I need to talk to a person';
const MESSAGE_LEFT = /^slack (.*)Standard: Northside Dental: caller left a message/;
const UNTIL_TOMORROW = ['10m', '1h', '10h', '13h'];

async function openDesk(options: FrontDeskOptions = {}) {
  const desk = await openFrontDesk({ pagerduty: true, onCall: LEX_THEN_BEA, ...options });
  const outside = watchOutside(desk);
  /** What is told in the moment that comes then. */
  const after = async (by: string) => {
    desk.clock.advance(by);
    return outside();
  };
  const theEntry = async () => {
    const [entry] = await desk.entries();
    if (!entry) throw new Error('there is no entry');
    return entry;
  };
  return { desk, outside, after, theEntry };
}

async function wantAPerson(desk: FrontDesk) {
  const call = await desk.ring();
  await call.say('I need to talk to a person');
  return call;
}

async function leaveAMessage(desk: FrontDesk) {
  const call = await desk.ring();
  await call.say('I want to leave a message');
  await call.say('Please call me back about my bill');
  return call;
}

function move(desk: FrontDesk, route: 'acknowledgeEntry' | 'engageEntry' | 'resolveEntry' | 'reopenEntry') {
  const bodies = {
    acknowledgeEntry: undefined,
    engageEntry: { how: 'called back' },
    resolveEntry: { notes: 'done', tags: [] },
    reopenEntry: { notes: 'not done' },
  };
  return async (entry_id: string) =>
    desk.admin.call(ROUTES[route], { params: { entry_id }, body: bodies[route] } as never);
}

test('a critical entry that nobody takes: each step at its time, deadlines in the thread, the last step again and again', async () => {
  const { desk, outside, after, theEntry } = await openDesk();
  await wantAPerson(desk);
  expect(await outside()).toEqual([`slack @U0LEX ${WANTS_A_PERSON}`]);
  expect(await after('59s')).toEqual([]);
  expect(await after('1s')).toEqual([
    `slack @U0LEX ${WANTS_A_PERSON}`,
    'thread PagerDuty was told',
    'pagerduty trigger 1',
  ]);
  expect(await after('59s')).toEqual([]);
  expect(await after('1s')).toEqual([
    expect.stringContaining('thread Nobody acknowledged it in time'),
    expect.stringContaining('thread'),
    'shows Open',
    'shows Open',
    `call ${LEX_PHONE} no-answer`,
    `call ${BEA_PHONE} no-answer`,
  ]);
  expect(await theEntry()).toMatchObject({ status: 'open', ack_breached: true, engage_breached: false });
  await after('1m'); // the rest of the thread
  expect(await after('119s')).toEqual([]);
  expect(await after('1s')).toEqual([
    `slack @U0LEX ${WANTS_A_PERSON}`,
    expect.stringContaining('Nobody engaged in time'),
    'shows Open',
    'shows Open',
    'pagerduty trigger 1',
    `call ${LEX_PHONE} no-answer`,
    `call ${BEA_PHONE} no-answer`,
  ]);
  expect(await theEntry()).toMatchObject({ ack_breached: true, engage_breached: true });
  await after('1m');
  expect(await after('119s')).toEqual([]);
  for (const _ of ['8th minute', '11th minute']) {
    expect(await after('1s')).toEqual([
      `slack @U0LEX ${WANTS_A_PERSON}`,
      expect.stringMatching(/^thread /),
      'pagerduty trigger 1',
      `call ${LEX_PHONE} no-answer`,
      `call ${BEA_PHONE} no-answer`,
    ]);
    await after('1m');
    expect(await after('119s')).toEqual([]);
  }
});

test('a standard entry: once, after 15 minutes with a mention, after an hour with PagerDuty, then every 45 minutes', async () => {
  const { desk, outside, after } = await openDesk();
  await leaveAMessage(desk);
  expect(await outside()).toEqual([expect.stringMatching(MESSAGE_LEFT)]);
  expect(await after('899s')).toEqual([]);
  expect(await after('1s')).toEqual([
    expect.stringMatching(/^slack @U0LEX Standard/),
    'thread Nobody acknowledged it in time',
    'shows Open',
  ]);
  expect(await after('44m')).toEqual([]);
  expect(await after('1m')).toEqual([
    expect.stringMatching(/^slack @U0LEX Standard/),
    expect.stringContaining('Nobody engaged in time'),
    'shows Open',
    'shows Open',
    'pagerduty trigger 1',
  ]);
  await after('1m');
  expect(await after('43m')).toEqual([]);
  expect(await after('1m')).toEqual([
    expect.stringMatching(/^slack @U0LEX Standard/),
    'thread PagerDuty was told',
    'pagerduty trigger 1',
  ]);
});

test('after an acknowledgement, silence; not engaged in time it is open again, in a round of its own', async () => {
  const { desk, outside, after, theEntry } = await openDesk();
  await wantAPerson(desk);
  await after('1m');
  await outside();
  const { entry_id } = await theEntry();
  await move(desk, 'acknowledgeEntry')(entry_id);
  expect(await after('5s')).toEqual([
    // What PagerDuty was told may have been said already.
    expect.stringMatching(/^thread (PagerDuty was told \/ )?lex acknowledged it$/),
    'shows Acknowledged by lex',
    'shows Acknowledged by lex',
    'pagerduty acknowledge 1',
  ]);
  expect(await after('234s')).toEqual([]);
  expect(await after('1s')).toEqual([
    `slack @U0LEX ${WANTS_A_PERSON}`,
    'thread Nobody engaged in time / It is open again: whoever acknowledged it did not engage in time',
    'shows Open',
    'shows Open',
    'pagerduty resolve 1',
  ]);
  expect(await theEntry()).toMatchObject({
    ...{ status: 'open', assignee: null, acknowledged_by: null, engage_breached: true },
    ...{ ack_due_at: '2026-11-24T18:07:00.000Z', engage_due_at: '2026-11-24T18:10:00.000Z' },
  });
  expect(await after('1m')).toEqual([
    `slack @U0LEX ${WANTS_A_PERSON}`,
    'thread PagerDuty was told',
    'pagerduty trigger 2',
  ]);
  await move(desk, 'resolveEntry')(entry_id);
  const last = await after('5s');
  expect(last.filter((line) => !line.startsWith('shows Resolved'))).toEqual([
    'thread lex resolved it: done',
    'pagerduty resolve 2',
  ]);
  for (const by of UNTIL_TOMORROW) expect(await after(by)).toEqual([]);
});

test('engaged, it is silent for as long as it takes', async () => {
  const { desk, outside, after, theEntry } = await openDesk();
  await wantAPerson(desk);
  const { entry_id } = await theEntry();
  await outside();
  await move(desk, 'engageEntry')(entry_id);
  expect(await after('5s')).toEqual([
    'thread lex acknowledged it / lex is on it: called back',
    'shows Engaged by lex',
  ]);
  for (const by of [...UNTIL_TOMORROW, '48h']) expect(await after(by)).toEqual([]);
  expect(await theEntry()).toMatchObject({ status: 'engaged', engage_breached: false });
});

test('whoever comes when it should have been engaged has three minutes for it', async () => {
  const { desk, outside, after, theEntry } = await openDesk();
  await wantAPerson(desk);
  await outside();
  for (const by of ['1m', '1m', '3m', '1m']) await after(by);
  await move(desk, 'acknowledgeEntry')((await theEntry()).entry_id);
  await after('30s');
  expect(await after('149s')).toEqual([]);
  expect(await theEntry()).toMatchObject({ status: 'acknowledged', engage_breached: true });
  expect(await after('1s')).toContain(`slack @U0LEX ${WANTS_A_PERSON}`);
  expect(await theEntry()).toMatchObject({ status: 'open', ack_due_at: '2026-11-24T18:11:00.000Z' });
});

test('the caller hangs up: the alert says so, and the steps go on', async () => {
  const { desk, outside, after } = await openDesk();
  const call = await wantAPerson(desk);
  await outside();
  await call.hangUp();
  expect(await after('5s')).toEqual(['thread The caller has hung up', 'shows Open']);
  const [alert] = desk.slack.posts;
  expect(desk.slack.message(alert?.ts ?? '').lines()).toContain('The caller has hung up.');
  expect(await after('55s')).toContain('pagerduty trigger 1');
});

test('a graver event raises the severity: told anew, also whoever has it, and all times count from then', async () => {
  const { desk, outside, after, theEntry } = await openDesk();
  const call = await leaveAMessage(desk);
  const { entry_id, severity } = await theEntry();
  expect(severity).toBe('standard');
  await move(desk, 'acknowledgeEntry')(entry_id);
  await outside();
  desk.clock.advance('10m');
  await call.say('I cannot breathe, this is an emergency');
  const told = await outside();
  expect(told).toContainEqual(expect.stringMatching(/^slack @U0LEX Critical/));
  expect(await theEntry()).toMatchObject({
    ...{ severity: 'critical', status: 'acknowledged', assignee: 'lex' },
    ...{ created_at: '2026-11-24T18:00:00.000Z', engage_due_at: '2026-11-24T18:15:00.000Z' },
  });
  await after('30s');
  expect((await after('269s')).filter((line) => !line.startsWith('thread'))).toEqual([]);
  expect(await after('1s')).toContainEqual(expect.stringMatching(/^slack @U0LEX Critical/));
  expect(await theEntry()).toMatchObject({ status: 'open', severity: 'critical' });
});

test('reopened, it begins anew', async () => {
  const { desk, outside, after, theEntry } = await openDesk();
  await leaveAMessage(desk);
  const { entry_id } = await theEntry();
  await outside();
  await move(desk, 'resolveEntry')(entry_id);
  await after('2h');
  await move(desk, 'reopenEntry')(entry_id);
  expect(await after('5s')).toEqual([
    expect.stringMatching(MESSAGE_LEFT),
    'thread lex opened it again: not done',
    'shows Open',
  ]);
  expect(await theEntry()).toMatchObject({ ack_due_at: '2026-11-24T20:15:00.000Z' });
});

test('a daemon that was away for an hour tells how things stand, once in each way', async () => {
  const { desk, outside } = await openDesk();
  await wantAPerson(desk);
  await outside();
  desk.clock.advance('1h');
  await desk.restart();
  const told = await outside();
  expect(told.filter((line) => !/^(thread|shows)/.test(line))).toEqual([
    `slack @U0LEX ${WANTS_A_PERSON}`,
    'pagerduty trigger 1',
    `call ${LEX_PHONE} no-answer`,
    `call ${BEA_PHONE} no-answer`,
  ]);
});

test('a tenant has steps and times of its own; a single step comes again every five minutes', async () => {
  const tenant = {
    ...northside(),
    escalation: {
      ...northside().escalation,
      critical: [{ after_minutes: 0.5, notify: ['text' as const] }],
    },
    sla: { ...northside().sla, critical: { acknowledge: 60, engage: 120 } },
  };
  const { desk, outside, after } = await openDesk({ tenants: [tenant] });
  await wantAPerson(desk);
  expect(await outside()).toEqual([]);
  expect(await after('29s')).toEqual([]);
  expect(await after('1s')).toEqual([`text ${LEX_PHONE}`]);
  expect(await after('299s')).toEqual([]);
  expect(await after('1s')).toEqual([`text ${LEX_PHONE}`]);
});

test('nobody in the rotation: said in Slack before it matters, skipped at once, and the other ways go on', async () => {
  const [everybody] = LEX_THEN_BEA.rotations;
  if (!everybody) throw new Error('there is a rotation');
  const empty: OnCall = { ...LEX_THEN_BEA, rotations: [{ ...everybody, users: [] }] };
  const { desk, outside, after, theEntry } = await openDesk({ onCall: empty });
  expect(await after('10m')).toEqual([expect.stringMatching(/^slack Nobody is on call for t1 now/)]);
  await wantAPerson(desk);
  expect(await outside()).toEqual([`slack @here ${WANTS_A_PERSON}`]);
  expect(await after('1m')).toEqual([
    `slack @here ${WANTS_A_PERSON}`,
    'thread PagerDuty was told',
    'pagerduty trigger 1',
  ]);
  await after('1m');
  const { notifications } = await desk.entry((await theEntry()).entry_id);
  expect(notifications.at(-1)).toMatchObject({ channel: 'call', status: 'skipped', attempts: 0 });
});

/** Every night at half past one, when clocks are set by an hour at two. */
const NIGHTLY: OnCall = {
  ...LEX_THEN_BEA,
  rotations: [
    {
      ...{ name: 'nights', tenant_id: null, time_zone: 'America/Los_Angeles', every: 'day' },
      ...{ starts_at: '2026-11-25T09:30:00.000Z', users: ['lex', 'bea'] },
    },
  ],
};
const OPENING = Date.parse('2026-11-24T18:00:00.000Z');

test.each([
  ['the night before clocks go forward', '2027-03-13T09:29:00.000Z', 'bea', 'lex'],
  ['the night in which they do', '2027-03-14T09:29:00.000Z', 'lex', 'bea'],
  ['the night after, an hour earlier', '2027-03-15T08:29:00.000Z', 'bea', 'lex'],
  ['the night in which they go back: the first half past one', '2027-11-07T08:29:00.000Z', 'lex', 'bea'],
  ['and not the second', '2027-11-07T09:29:00.000Z', 'bea', 'bea'],
  ['the night after, an hour later', '2027-11-08T09:29:00.000Z', 'bea', 'lex'],
])('%s the hand-over is on time', async (_, at, before, then) => {
  const { desk, outside, after } = await openDesk({ onCall: NIGHTLY });
  await outside();
  await after(`${(Date.parse(at) - OPENING) / 1_000}s`);
  await wantAPerson(desk);
  expect(await outside()).toEqual([`slack @U0${before.toUpperCase()} ${WANTS_A_PERSON}`]);
  expect(await after('1m')).toContain(`slack @U0${then.toUpperCase()} ${WANTS_A_PERSON}`);
});
