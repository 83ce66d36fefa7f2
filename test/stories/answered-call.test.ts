import { ROUTES } from '@receptionist/admin-api';
import { expect, test } from 'vitest';
import { openFrontDesk } from '../harness/front-desk.ts';

test('a caller asks what the tenant has answers to, and nobody is paged', async () => {
  const desk = await openFrontDesk();

  const call = await desk.ring();
  expect(call.heard.join(' ')).toContain('Thank you for calling Northside Dental.');

  await call.say('When are you open on Thursday?');
  expect(call.heard.join(' ')).toContain('1:30 PM to 7 PM');

  await call.say('How much is a cleaning?');
  expect(call.heard.join(' ')).toContain('120 dollars');

  await call.say('and where are you located');
  expect(call.heard.join(' ')).toContain('12 Harbor Street');

  await call.say('do you guys take insurance');
  expect(call.heard.join(' ')).toContain('Delta Dental');

  await call.say('No that is all, thank you, bye');
  expect(call.status).toBe('completed');
  expect(call.problems).toEqual([]);
  expect(await desk.entries()).toEqual([]);
});

test('the conversation is kept, with the flags as they were when it began', async () => {
  const desk = await openFrontDesk();
  const call = await desk.ring();
  await call.say('Is there parking?');
  await call.hangUp();

  const [kept] = (await desk.admin.all(ROUTES.listConversations, { params: { tenant_id: 't1' } })).items;
  expect(kept).toMatchObject({ tenant_id: 't1', channel: 'voice', caller: '+14155550123', simulated: false });
  expect(kept?.ended_at).not.toBeNull();
  expect(kept?.flags.map(({ flag, enabled, source }) => [flag, enabled, source])).toEqual([
    ['allow_ai_booking', false, 'plan'],
    ['allow_rag', false, 'plan'],
    ['require_human_review', true, 'safe_default'],
    ['allow_live_transfer', false, 'plan'],
    ['record_calls', false, 'plan'],
  ]);

  const params = { tenant_id: 't1', conversation_id: kept?.conversation_id ?? '' };
  const { turns } = await desk.admin.call(ROUTES.getConversation, { params });
  expect(turns.map(({ speaker }) => speaker)).toEqual(['receptionist', 'caller', 'receptionist']);
  expect(turns[1]).toMatchObject({ text: 'Is there parking?', confidence: 0.92 });
});

test('the next call obeys a flag that was set, and its plan', async () => {
  const desk = await openFrontDesk();
  const params = { tenant_id: 't1' };
  await desk.admin.call(ROUTES.putPlan, { params, body: { plan: 'core' } });
  await desk.admin.call(ROUTES.putFlag, {
    params: { ...params, flag: 'enable_rag' },
    body: { enabled: true },
  });

  await (await desk.ring()).hangUp();

  const [kept] = (await desk.admin.all(ROUTES.listConversations, { params })).items;
  expect(kept?.flags.find(({ flag }) => flag === 'allow_rag')).toMatchObject({
    enabled: true,
    source: 'tenant',
    reason: 'TARGETING_MATCH',
    updated_by: 'lex',
  });
  const actions = (await desk.admin.all(ROUTES.listAudit, {})).items.map(({ actor, action, target }) => ({
    actor,
    action,
    target,
  }));
  expect(actions.slice(0, 2)).toEqual([
    { actor: 'lex', action: 'flag.set', target: 'tenant:t1' },
    { actor: 'lex', action: 'plan.set', target: 'tenant:t1' },
  ]);
});
