import { ROUTES } from '@receptionist/admin-api';
import { expect, test } from 'vitest';
import { openFrontDesk } from '../harness/front-desk.ts';

const params = { tenant_id: 't1' };
const missedSid = `CA${'d'.repeat(32)}`;

test('calls that came while we were away are filed afterwards, each once, and those we had are not', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.hangUp();
  const ours = { call_sid: call.callSid, caller: call.from, started_at: '2026-11-22T08:00:00Z', seconds: 9 };
  const missed = {
    call_sid: missedSid,
    caller: '+14155550177',
    started_at: '2026-11-22T08:05:00Z',
    seconds: 61,
  };
  const file = () =>
    desk.admin.call(ROUTES.fileMissedCalls, { params, body: { calls: [ours, missed, missed] } });

  const { filed, known } = await file();
  expect(filed).toMatchObject([{ call_sid: missedSid }]);
  expect(known).toEqual([call.callSid, missedSid]);
  const [alert] = await desk.alerts();
  expect(alert?.lines().join('\n')).toContain('+14155550177');
  expect(await desk.entries()).toMatchObject([
    { reason: 'system_degraded', severity: 'standard', channel: 'voice', caller: '+14155550177' },
  ]);

  expect(await file()).toEqual({ filed: [], known: [call.callSid, missedSid, missedSid] });
  expect(await desk.alerts()).toEqual([]);
  const conversation_id = filed[0]?.conversation_id ?? '';
  expect(
    await desk.admin.call(ROUTES.getConversation, { params: { ...params, conversation_id } }),
  ).toMatchObject({
    started_at: '2026-11-22T08:05:00.000Z',
    ended_at: '2026-11-22T08:06:01.000Z',
    outcome: 'failed',
    turns: [],
  });
});
