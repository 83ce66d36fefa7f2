import { request as httpRequest } from 'node:http';
import { mintToken, type ProblemAnswer, problemAnswer } from '@receptionist/admin-api';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, KEYS, openDesk, type Sent, TENANT } from './harness.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await desk.send('POST', '/admin/tenants', { body: TENANT });
});
afterAll(() => desk.close());

const nothingChanged = async () => {
  const { items } = (await desk.send('GET', '/admin/audit')).body;
  expect(items.map((row: { action: string }) => row.action)).toEqual(['tenant.create']);
};
afterEach(nothingChanged);

describe('who is asking', () => {
  const unauthorized = {
    type: 'urn:receptionist:problem:unauthorized',
    title: 'The token was not accepted',
    status: 401,
    detail: expect.any(String),
    code: 'unauthorized',
    request_id: 'rq_test',
  };

  test('without a token nothing is answered, whatever is asked for', async () => {
    for (const [method, address] of [
      ['GET', '/admin/tenants'],
      ['GET', '/admin/nothing-here'],
      ['DELETE', '/admin/tenants'],
      ['PUT', '/admin/tenants/%ZZ/plan'],
    ] as const) {
      const answer = await desk.send(method, address, { token: null });
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual(unauthorized);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    }
  });

  test('every refusal looks alike, and only the log says why', async () => {
    const now = new Date('2026-11-22T09:00:00Z');
    const other = await mintToken({ key: 'x'.repeat(40), user: 'lex', now });
    const old = await mintToken({ key: KEYS.current, user: 'lex', now: new Date('2026-11-22T08:00:00Z') });
    const answers = await Promise.all(
      ['rubbish', other, old].map((token) => desk.send('GET', '/admin/audit', { token })),
    );
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(
      desk.lines
        .slice(-3)
        .map((line) => JSON.parse(line).why)
        .toSorted(),
    ).toEqual(['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JWT_EXPIRED', 'malformed']);
    expect(desk.lines.join()).not.toContain(other);
  });

  test('two Authorization headers are none', async () => {
    const bearer = `Bearer ${await desk.token()}`;
    const status = await new Promise((resolve) => {
      const headers = ['Host', 'x', 'Authorization', bearer, 'Authorization', bearer];
      httpRequest(`${desk.base}/admin/audit`, { headers }, (response) =>
        resolve(response.resume().statusCode),
      ).end();
    });
    expect(status).toBe(401);
  });

  test('the scheme may be in any case', async () => {
    const headers = { authorization: `bearer ${await desk.token()}` };
    expect((await desk.send('GET', '/admin/audit', { token: null, headers })).status).toBe(200);
  });

  test('the description needs no token', async () => {
    const answer = await desk.send('GET', '/admin/openapi.json', { token: null });
    expect(answer.status).toBe(200);
    expect(answer.body.openapi).toBe('3.1.0');
  });
});

describe('what does not fit', () => {
  const answered = async (method: string, address: string, sent: Sent = {}): Promise<ProblemAnswer> => {
    const { status, body } = await desk.send(method, address, sent);
    expect(problemAnswer.safeParse(body).error).toBeUndefined();
    expect(body.status).toBe(status);
    return body;
  };

  test.each([
    ['GET', '/admin', 404],
    ['GET', '/admin/tenants/', 404],
    ['GET', '/admin/Tenants', 404],
    ['GET', '/admin/tenants/t9', 404],
    ['GET', '/admin/tenants/%00', 404],
    ['GET', '/admin/tenants/__proto__', 404],
    ['GET', '/admin/tenants/t1%2Fflags', 404],
    ['GET', '/admin/tenants/%E0%A4%A', 400],
    ['GET', '/admin/tenants/%', 400],
    ['GET', '/admin/tenants/t9/flags', 404],
    ['GET', '/admin/tenants/t9/conversations', 404],
    ['GET', '/admin/tenants/t1/conversations/cv_none', 404],
    ['GET', '/admin/events/ev_none', 404],
    ['GET', '/admin/fallback/fb_none', 404],
    ['GET', '/admin/fallback?limit=0', 400],
    ['GET', '/admin/fallback?limit=501', 400],
    ['GET', '/admin/fallback?limit=-1', 400],
    ['GET', '/admin/fallback?limit=1.5', 400],
    ['GET', '/admin/fallback?limit=ten', 400],
    ['GET', '/admin/fallback?limit=', 400],
    ['GET', '/admin/fallback?limit=1&limit=2', 400],
    ['GET', '/admin/fallback?cursor=rubbish', 400],
    ['GET', '/admin/fallback?status=opened', 400],
    ['GET', '/admin/fallback?status=open&status=', 400],
    ['GET', '/admin/fallback?since=yesterday', 400],
    ['GET', '/admin/fallback?q=%00', 400],
    ['GET', '/admin/fallback?colour=red', 400],
    ['GET', '/admin/fallback?__proto__=1', 400],
    ['GET', '/admin/audit?since=2026-02-30T00:00:00Z', 400],
    ['DELETE', '/admin/tenants/t1/flags/nope', 404],
    ['POST', '/admin/fallback/fb_none/acknowledge', 404],
    ['POST', '/admin/fallback/fb_none/dance', 404],
  ])('%s %s: %i', async (method, address, status) => {
    expect((await answered(method, address)).status).toBe(status);
  });

  test('a known address with another method says which it has', async () => {
    const answer = await desk.send('DELETE', '/admin/tenants/t1');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, PUT, PATCH');
  });

  test('an unknown flag comes with a suggestion', async () => {
    const { code, detail } = await answered('PUT', '/admin/tenants/t1/flags/alow_rag', {
      body: { enabled: true },
    });
    expect(code).toBe('not_found');
    expect(detail).toContain('Did you mean "allow_rag"?');
  });

  test('an unknown plan comes with a suggestion', async () => {
    const { code, errors } = await answered('PUT', '/admin/tenants/t1/plan', { body: { plan: 'coer' } });
    expect(code).toBe('invalid_body');
    const message = '"coer" is none of: free, core, pro, enterprise. Did you mean "core"?';
    expect(errors).toEqual([{ path: 'plan', message }]);
  });

  const bodies: [what: string, body: unknown, type: string | null, status: number][] = [
    ['none', undefined, null, 400],
    ['empty', '', 'application/json', 400],
    ['a form', 'plan=core', 'application/x-www-form-urlencoded', 415],
    ['another charset', '{"plan":"core"}', 'application/json; charset=latin1', 415],
    ['a broken content type', '{"plan":"core"}', '/', 415],
    ['a merge patch where none is taken', '{"plan":"core"}', 'application/merge-patch+json', 415],
    ['broken JSON', '{"plan":', 'application/json', 400],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json', 400],
    ['over 100 kB', JSON.stringify({ plan: 'x'.repeat(100_000) }), 'application/json', 413],
    ['null', 'null', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['text', '"core"', 'application/json', 400],
    ['a wrong type', { plan: 1 }, 'application/json', 400],
    ['a member too many', { plan: 'core', colour: 'red' }, 'application/json', 400],
    ['__proto__', '{"plan":"core","__proto__":{"plan":"pro"}}', 'application/json', 400],
    ['depth', `{"plan":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 'application/json', 400],
  ];
  test.each(bodies)('a body that is %s', async (_what, body, type, status) => {
    const headers = type === null ? {} : { 'content-type': type };
    expect((await answered('PUT', '/admin/tenants/t1/plan', { body, headers })).status).toBe(status);
  });

  test('an unreadable compression', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await answered('PUT', '/admin/tenants/t1/plan', { body: '{"plan":"core"}', headers })).code).toBe(
      'invalid_body',
    );
  });

  test('every mistake is named at its place', async () => {
    const body = {
      ...TENANT,
      tenant_id: 't2',
      time_zone: '+01:00',
      numbers: ['5550006'],
      services: [{ name: 'x', minutes: 0 }],
    };
    const { errors } = await answered('POST', '/admin/tenants', { body });
    expect(errors?.map(({ path }) => path)).toEqual(['time_zone', 'numbers.0', 'services.0.minutes']);
  });
});

test('without a key the admin API is switched off, all of it', async () => {
  const closed = await openDesk({ keys: null });
  const answers = [
    await closed.send('GET', '/admin/tenants'),
    await closed.send('GET', '/admin/openapi.json', { token: null }),
  ];
  await closed.close();
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [503, 'admin_disabled'],
    [503, 'admin_disabled'],
  ]);
});

test('what we did not foresee is logged, and hidden from the other side', async () => {
  const broken = await openDesk();
  await broken.store.close();
  const { status, body } = await broken.send('GET', '/admin/tenants');
  expect([status, body.code]).toEqual([500, 'internal']);
  expect(body.detail).not.toMatch(/sqlite|database|destroyed|driver/i);
  expect(broken.lines.join()).toContain('request failed');
});
