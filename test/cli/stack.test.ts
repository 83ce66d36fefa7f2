/** `adminctl stack`: with Docker, which a stand-in plays, and without. */
import { startTwilioRest } from '@receptionist/simulator/servers';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { ACCOUNT_SID } from '../harness/credentials.ts';
import { AUTH_TOKEN } from './office.ts';
import type { Mood } from './stand-ins/docker.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  // Any free port, so that a daemon of the machine is in nobody's way.
  bench = await openWorkbench({ PORT: '0' });
});
afterEach(() => bench.close());

const withDocker = () => bench.install('docker', 'docker.ts');
const inMood = (mood: Mood, more: Record<string, string> = {}) => ({ env: { DOCKER_MOOD: mood, ...more } });

interface Services {
  services: { name: string; status: string; address: string | null }[];
  env?: string[];
}
async function asJson(line: string, options = {}): Promise<Services> {
  const { code, out, err } = await bench.adminctl(`${line} --json`, options);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

test('up waits until all are healthy, and stdout is what the daemon needs in its .env', async () => {
  await withDocker();
  const { code, out, err } = await bench.adminctl('stack up');
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    'DATABASE_URL=postgres://receptionist:receptionist@127.0.0.1:5432/receptionist',
    'REDIS_URL=redis://127.0.0.1:6379',
    'VECTOR_URL=qdrant+http://127.0.0.1:6333',
  ]);
  expect(err).toContain('receptionist-postgres-1');
  expect((await bench.docker()).asked.at(-2)).toMatch(/ up -d --wait postgres redis qdrant$/);
  expect(await asJson('stack status')).toEqual({
    services: [
      { name: 'postgres', status: 'healthy', address: '127.0.0.1:5432' },
      { name: 'redis', status: 'healthy', address: '127.0.0.1:6379' },
      { name: 'qdrant', status: 'healthy', address: '127.0.0.1:6333' },
    ],
  });
});

test('an older Compose, which lists its containers in another way, will do', async () => {
  await withDocker();
  const { services } = await asJson('stack up', inMood('older compose'));
  expect(services.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'postgres healthy',
    'redis healthy',
    'qdrant healthy',
  ]);
});

test('--only starts those, at the ports that were chosen', async () => {
  await withDocker();
  const options = { env: { REDIS_PORT: '7000' } };
  const { services, env } = await asJson('stack up --only redis,receptionistd', options);
  expect(services).toEqual([
    { name: 'redis', status: 'healthy', address: '127.0.0.1:7000' },
    { name: 'receptionistd', status: 'healthy', address: 'http://127.0.0.1:8080' },
  ]);
  expect(env).toEqual(['REDIS_URL=redis://127.0.0.1:7000']);
  expect((await bench.docker()).up.toSorted()).toEqual(['receptionistd', 'redis']);
  const mistyped = await bench.adminctl('stack up --only postgre');
  expect(mistyped).toMatchObject({ code: 2, err: expect.stringContaining('postgres') });
});

test('down keeps the data, reset deletes them, and only when it is told to', async () => {
  await withDocker();
  await bench.adminctl('stack up');
  expect(await asJson('stack down')).toEqual({ services: [] });
  expect(await bench.docker()).toMatchObject({ up: [], volumes: ['postgres', 'qdrant', 'redis'] });
  expect(await bench.adminctl('stack reset')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--yes'),
  });
  expect((await bench.docker()).volumes).toHaveLength(3);
  expect(await bench.adminctl('stack reset --yes')).toMatchObject({ code: 0 });
  expect((await bench.docker()).volumes).toEqual([]);
});

test('logs', async () => {
  await withDocker();
  await bench.adminctl('stack up');
  expect((await bench.adminctl('stack logs redis')).out).toBe('redis-1  | ready to accept connections');
  expect((await bench.adminctl('stack logs')).out.split('\n')).toHaveLength(3);
  expect(await bench.adminctl('stack logs --follow --json')).toMatchObject({ code: 2 });
});

test.each<[Mood, number, string[]]>([
  ['no compose', 6, ['docker has no compose', 'install', 'up --embedded']],
  ['too old compose', 6, ['2.0.1', 'install', 'up --embedded']],
  ['no engine', 6, ['not running', 'systemctl start docker', 'up --embedded']],
  ['no permission', 6, ['may not use', 'usermod -aG docker', 'up --embedded']],
  ['port taken', 1, ['Port 5432', 'postgres', 'the container their-db', 'POSTGRES_PORT=5433']],
  ['unhealthy', 1, ['qdrant', 'unhealthy', 'adminctl stack logs qdrant']],
])('%s is said, with what to do', async (mood, code, said) => {
  await withDocker();
  const ran = await bench.adminctl('stack up --json', inMood(mood, { DOCKER_HOLDER: 'their-db' }));
  expect(ran).toMatchObject({ code, err: '' });
  const { message, hint } = JSON.parse(ran.out).error;
  for (const words of said) expect(`${message}\n${hint}`.toLowerCase()).toContain(words.toLowerCase());
});

test.each(['up', 'down', 'status', 'logs', 'reset --yes'])(
  'without Docker stack %s says how to do without',
  async (command) => {
    const { code, out, err } = await bench.adminctl(`stack ${command}`);
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toContain('no docker');
    expect(err).toContain('adminctl stack up --embedded');
  },
);

test('--embedded needs no Docker, and the same commands serve for it', async () => {
  const { services } = await asJson('stack up --embedded');
  const [daemon] = services;
  expect(daemon).toEqual({
    name: 'receptionistd',
    status: 'healthy',
    address: expect.stringMatching(/^http:/),
  });
  expect(await (await fetch(`${daemon?.address}/ready`)).json()).toMatchObject({ status: 'ready' });
  expect((await asJson('stack up --embedded')).services, 'a second time it is the same one').toEqual(
    services,
  );
  expect((await asJson('stack status')).services).toEqual(services);
  // It takes the key of whoever started it.
  expect(await bench.adminctl(`tenant list --api-url ${daemon?.address}`)).toMatchObject({ code: 0 });
  expect((await bench.adminctl('stack logs')).out).toContain('"msg":"listening"');

  const stopped = [{ name: 'receptionistd', status: 'stopped', address: null }];
  expect((await asJson('stack down')).services).toEqual(stopped);
  expect((await asJson('stack status')).services).toEqual(stopped);
  await expect(fetch(`${daemon?.address}/health`)).rejects.toThrow();
  expect(bench.has('var/receptionist.db')).toBe(true);
  expect(await bench.adminctl('stack reset --yes')).toMatchObject({ code: 0 });
  expect(bench.has('var/receptionist.db')).toBe(false);
});

test('a daemon that cannot start says why', async () => {
  const { code, err } = await bench.adminctl('stack up --embedded', { env: { TENANCY: 'row' } });
  expect(code).toBe(1);
  expect(err).toContain('TENANCY must be');
  expect(bench.has('var/stack/receptionistd.log')).toBe(true);
});

test.each([
  ['cloudflared', 'https://plain-words-of-three.trycloudflare.com'],
  ['ngrok', 'https://3f2a-198-51-100-7.ngrok-free.app'],
])('--tunnel runs %s, and number connect takes its address', async (program, address) => {
  const rest = await startTwilioRest({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    numbers: ['+15005550006'],
  });
  onTestFinished(rest.close);
  await bench.install(program, 'tunnel.ts', program);
  await bench.install('docker', 'docker.ts');
  const { env, services } = await asJson('stack up --only redis --tunnel', { env: { PORT: '8090' } });
  expect(env).toContain(`PUBLIC_URL=${address}`);
  expect(services).toContainEqual({ name: 'tunnel', status: 'running', address });

  const twilio = { TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_API_URL: rest.url };
  expect(await bench.adminctl('number connect +15005550006', { env: twilio })).toMatchObject({ code: 0 });
  expect(rest.numbers[0]?.voice_url).toContain(`${address}/twilio/webhook`);
  await bench.adminctl('stack down');
  expect((await asJson('stack status')).services).toEqual([]);
});

test('a daemon that is started with a tunnel knows its address', async () => {
  await bench.install('cloudflared', 'tunnel.ts', 'cloudflared');
  // Its own port is not asked: nothing else of the tests listens there.
  const { services } = await asJson('stack up --embedded --tunnel', { env: { PORT: '18471' } });
  expect(services.map(({ name }) => name)).toEqual(['receptionistd', 'tunnel']);
  const log = (await bench.adminctl('stack logs receptionistd')).out;
  expect(log).toContain('"public_url":"https://plain-words-of-three.trycloudflare.com"');
});

test.each([
  ['no such program', null, 6, 'Install one'],
  ['one that cannot', 'cloudflared', 1, 'no such host'],
])('a tunnel by %s', async (_, program, code, said) => {
  if (program) await bench.install(program, 'tunnel.ts', program);
  const env = { PORT: '18472', TUNNEL_MOOD: 'refused' };
  const ran = await bench.adminctl('stack up --embedded --tunnel', { env });
  expect(ran).toMatchObject({ code, out: '', err: expect.stringContaining(said) });
  expect(bench.has('var/stack/receptionistd.json')).toBe(false);
});
