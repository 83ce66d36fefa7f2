import { ROUTES } from '@receptionist/admin-api';
import { expect, test } from 'vitest';
import { openFrontDesk } from '../harness/front-desk.ts';
import { northside } from '../harness/tenants.ts';

test('a caller leaves a message: one standard entry, one alert, and the words are in it', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('I would like to leave a message');
  await call.say('Please tell Doctor Lee that my crown came off again, I am free after four.');
  await call.say('No, that was all. Goodbye.');
  expect(call.status).toBe('completed');

  const [entry, ...others] = await desk.entries();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    reason: 'message_left',
    severity: 'standard',
    status: 'open',
    caller: '+14155550123',
  });
  expect(entry?.ack_due_at).toBe('2026-11-24T18:15:00.000Z');
  expect(entry?.engage_due_at).toBe('2026-11-24T19:00:00.000Z');

  const [alert, ...more] = await desk.alerts();
  expect(more).toEqual([]);
  expect(alert?.mentions).toEqual([]);
  expect(alert?.lines().join('\n')).toContain('my crown came off again');
});

test('a caller asks for a person: the alert says all that is needed, and after the acknowledgement there is silence', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('Can I speak to a real person please?');
  expect(call.status).toBe('in-progress');

  const [alert] = await desk.alerts();
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({
    reason: 'caller_asked_for_human',
    severity: 'critical',
    ack_due_at: '2026-11-24T18:02:00.000Z',
    engage_due_at: '2026-11-24T18:05:00.000Z',
  });
  const read = alert?.lines().join('\n') ?? '';
  for (const part of [
    'Northside Dental',
    '+14155550123',
    entry?.entry_id ?? '?',
    'adminctl fallback ack',
    'unbook.md',
  ])
    expect(read).toContain(part);
  expect(read).toContain('Can I speak to a real person please?');
  expect(alert?.mentions).toEqual(['here']);

  const params = { entry_id: entry?.entry_id ?? '' };
  await desk.admin.call(ROUTES.acknowledgeEntry, { params });
  await desk.admin.call(ROUTES.engageEntry, { params, body: { how: 'called back' } });
  const resolved = await desk.admin.call(ROUTES.resolveEntry, {
    params,
    body: { notes: 'booked by hand', tags: ['booking'] },
  });
  expect(resolved).toMatchObject({
    status: 'resolved',
    resolved_by: 'lex',
    tags: ['booking'],
    ack_breached: false,
  });
  expect(resolved.timeline.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'receptionistd filed',
    'receptionistd alerted',
    'lex acknowledged',
    'lex engaged',
    'lex resolved',
  ]);
  expect(await desk.alerts()).toEqual([]);
  await call.hangUp();
});

test('who was acknowledged before the alert could arrive pages nobody: the channel only learns of it', async () => {
  const desk = await openFrontDesk();
  desk.slack.fail({ mode: 'http_500', times: 1 });
  const call = await desk.ring();
  await call.press('0');
  const [entry] = await desk.entries();
  const params = { entry_id: entry?.entry_id ?? '' };
  await desk.admin.call(ROUTES.acknowledgeEntry, { params });

  desk.clock.advance('2m');
  const [post, ...more] = await desk.alerts();
  expect(more).toEqual([]);
  expect(post?.mentions).toEqual([]);
  expect(post?.lines().join('\n')).toContain('Acknowledged by lex');
  await call.hangUp();
});

test('an emergency: the number first, then a critical entry', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('please help my husband has collapsed and he is not breathing');
  expect(call.heard[0]).toContain('911');
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({ reason: 'emergency', severity: 'critical' });
  expect(await desk.alerts()).toHaveLength(1);
  await call.hangUp();
});

test('what comes later in the call joins the entry; a graver reason raises it and alerts again; hanging up is noted', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('I want to leave a message');
  await call.say('Please call me back about my bill');
  expect(await desk.alerts()).toHaveLength(1);

  desk.clock.advance('1m');
  await call.say('Actually, let me talk to somebody now');
  const raised = await desk.alerts();
  expect(raised).toHaveLength(1);
  const [entry, ...others] = await desk.entries();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    severity: 'critical',
    ack_due_at: '2026-11-24T18:03:00.000Z',
    created_at: '2026-11-24T18:00:00.000Z',
  });

  await call.hangUp();
  const { timeline, context } = await desk.entry(entry?.entry_id ?? '');
  expect(timeline.map(({ action }) => action)).toEqual([
    'filed',
    'alerted',
    'joined',
    'raised',
    'alerted',
    'caller_left',
  ]);
  expect(context.live).toBe(false);
  expect(context.transcript.map(({ text }) => text)).toContain('Actually, let me talk to somebody now');
});

test.each([
  ['I want to pay my bill over the phone', 'payment'],
  ['I am really angry, this is the worst service I have ever had', 'complaint'],
  ['I need to book an appointment for a cleaning', 'booking_not_allowed'],
])('"%s" reaches a person with the reason %s', async (words, reason) => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say(words);
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({ reason, severity: 'critical' });
  expect(await desk.alerts()).toHaveLength(1);
  await call.hangUp();
});

test('what is not understood is asked again once, and then a person is told', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('florble the wibbly gronk');
  expect(await desk.entries()).toEqual([]);
  await call.say('wibbly gronk florble');
  const [entry] = await desk.entries();
  expect(['low_confidence', 'out_of_scope']).toContain(entry?.reason);
  expect(await desk.alerts()).toHaveLength(1);
  await call.hangUp();
});

test('deadlines that pass are marked, once', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.press('0');
  expect(await desk.alerts()).toHaveLength(1);
  desk.clock.advance('6m');
  const [entry] = await desk.entries();
  expect(entry).toMatchObject({ ack_breached: true, engage_breached: true, status: 'open' });
  expect(await desk.alerts()).toHaveLength(1);
  const { timeline } = await desk.entry(entry?.entry_id ?? '');
  expect(timeline.filter(({ action }) => action.endsWith('_missed')).map(({ action }) => action)).toEqual([
    'ack_missed',
    'engage_missed',
  ]);
  await call.hangUp();
});

test('a tenant is alerted in its own channel; where that does not exist the alert goes to the one of all, and says so', async () => {
  const desk = await openFrontDesk({ tenants: [northside({ slack_channel: '#nowhere' })] });
  desk.expectRefusals(/channel_not_found/);
  desk.expectErrors(/own channel refused an alert/);
  const call = await desk.ring();
  await call.press('0');
  const [post] = await desk.alerts();
  expect(post?.channel.name).toBe('human-fallback');
  expect(post?.lines().join('\n')).toContain('This belongs into #nowhere');
  await call.hangUp();
});

test('without a Slack token the alert goes to the log, and says that it did', async () => {
  const desk = await openFrontDesk({ slackToken: null });
  const call = await desk.ring();
  await call.press('0');
  const [entry] = await desk.entries();
  const line = desk.log.find(
    ({ entry_id, msg }) => entry_id === entry?.entry_id && /SLACK_BOT_TOKEN/.test(msg),
  );
  expect(line).toMatchObject({ level: 'warn', tenant_id: 't1', reason: 'caller_asked_for_human' });
  expect(JSON.stringify(line)).not.toContain('+14155550123');
  expect((await desk.entry(entry?.entry_id ?? '')).notifications).toMatchObject([
    { channel: 'log', status: 'sent' },
  ]);
  await call.hangUp();
});
