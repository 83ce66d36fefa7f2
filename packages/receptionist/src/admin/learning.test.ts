import { ROUTES } from '@receptionist/admin-api';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Desk, openDesk, TENANT } from './harness.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

let tenant_id = '';
let tenants = 0;
beforeEach(async () => {
  tenant_id = `t${++tenants}`;
  await desk.call(ROUTES.createTenant, { body: { ...TENANT, tenant_id, numbers: [] } });
});

async function byHand(): Promise<string> {
  const { event_id } = await desk.call(ROUTES.createEscalation, {
    params: { tenant_id },
    body: { caller: null, reason: 'no_answer_found', reason_detail: 'Hi, do you do veneers' },
  });
  await desk.fileEvents();
  const { entry_id } = await desk.call(ROUTES.getEvent, { params: { event_id } });
  return entry_id ?? '';
}

const address = (noun: string) => `/admin/tenants/${tenant_id}/${noun}`;
const VENEERS = { question: 'Do you do veneers?', answer: 'We do, from 900 dollars.' };

it('keeps each of two answers that are taught at once', async () => {
  const lessons = [VENEERS, { question: 'Do you treat children?', answer: 'From the age of three.' }];
  const taught = await Promise.all(lessons.map((body) => desk.send('POST', address('answers'), { body })));
  expect(taught.map(({ status, body }) => [status, body])).toEqual(lessons.map((lesson) => [201, lesson]));
  const { answers } = await desk.call(ROUTES.getTenant, { params: { tenant_id } });
  expect(answers).toHaveLength(2);
  expect(answers).toEqual(expect.arrayContaining(lessons));
});

it('refuses an answer to a question that has one, and a question that says nothing', async () => {
  await desk.send('POST', address('answers'), { body: VENEERS });
  const again = await desk.send('POST', address('answers'), { body: { ...VENEERS, answer: 'No.' } });
  expect(again).toMatchObject({ status: 409, body: { code: 'already_exists' } });
  const general = await desk.send('POST', address('answers'), {
    body: { question: 'what', answer: 'That.' },
  });
  expect(general).toMatchObject({
    status: 400,
    body: { code: 'invalid_body', errors: [{ path: 'question' }] },
  });
});

it('teaches a phrase, masks card numbers, and writes nothing in a dry run', async () => {
  const body = { phrase: 'the paper about 4111 1111 1111 1111', reason: 'payment' };
  await desk.send('POST', `${address('phrases')}?dry_run=true`, { body });
  expect(await desk.call(ROUTES.getTenant, { params: { tenant_id } })).toMatchObject({ phrases: [] });
  await desk.send('POST', address('phrases'), { body });
  expect(await desk.call(ROUTES.getTenant, { params: { tenant_id } })).toMatchObject({
    phrases: [{ phrase: 'the paper about [card number]', reason: 'payment' }],
  });
  const [audited] = (await desk.call(ROUTES.listAudit, { query: { target: `tenant:${tenant_id}` } })).items;
  expect(audited).toMatchObject({ action: 'tenant.phrase', actor: 'lex' });
});

it('refuses a reason that no words can be', async () => {
  const body = { phrase: 'the paper you mailed', reason: 'system_degraded' };
  expect(await desk.send('POST', address('phrases'), { body })).toMatchObject({ status: 400 });
});

it('drafts a lesson once the entry is resolved', async () => {
  const entry_id = await byHand();
  const lesson = `/admin/fallback/${entry_id}/lesson`;
  expect(await desk.send('GET', lesson)).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
  await desk.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes: 'Told her that we do' } });
  expect((await desk.send('GET', lesson)).body).toMatchObject({
    ...{ entry_id, tenant_id, proposed: 'answer', question: 'Do you do veneers?', answer: 'We do.' },
  });
});

it('has nothing to replay of an entry that was filed by hand', async () => {
  const entry_id = await byHand();
  expect(await desk.send('GET', `/admin/fallback/${entry_id}/replay`)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('was filed by hand: there is no conversation to replay') },
  });
});
