import { expect, test } from 'vitest';
import { explainDocker, refuseOldCompose } from './docker-faults.ts';

const ON = 'driver failed programming external connectivity on endpoint receptionist-redis-1 (8d0e)';

test.each([
  ['an old docker without Compose', "docker: 'compose' is not a docker command.", /no compose/],
  ['Docker 28', 'docker: unknown command: docker compose', /no compose/],
  ['an engine that is off, on Linux', 'Cannot connect to the Docker daemon at unix:///x.', /not running/],
  ['an engine that is off, on Windows', 'error during connect: this error may indicate …', /not running/],
  ['Docker 29', 'failed to connect to the docker API at unix:///x', /not running/],
  ['a port', `${ON}: Bind for 127.0.0.1:7001 failed: port is already allocated`, /Port 7001.*redis/],
  [
    'a port, Docker 28',
    `${ON}: failed to bind host port for 127.0.0.1:7001:172.20.0.2:6379/tcp: address already in use`,
    /Port 7001.*redis/,
  ],
  [
    'a port, Docker Desktop',
    'Ports are not available: exposing port TCP 127.0.0.1:6379 -> 127.0.0.1:0: listen tcp 127.0.0.1:6379: bind: address already in use',
    /Port 6379.*redis/,
  ],
  ['a container that ended', 'container receptionist-redis-1 exited (1)', /redis did not come up/],
  ['what nobody has met', 'one\ntwo', /^one\ntwo$/],
  ['nothing at all', '', /ended with 17/],
])('%s', async (_, stderr, said) => {
  expect((await explainDocker(stderr, 17)).message).toMatch(said);
});

test.each(['v2.1.1', '2.40.3', 'v5.0.0', 'v2.10.0-desktop.1', 'dev'])('Compose %s will do', (version) => {
  expect(() => refuseOldCompose(`Docker Compose version ${version}`)).not.toThrow();
});

test.each(['v2.1.0', '1.29.2', 'v2.0.1'])('Compose %s is too old', (version) => {
  expect(() => refuseOldCompose(`Docker Compose version ${version}`)).toThrow('2.1.1 or newer');
});
