/** What keeps docker from doing what it was asked, in words that say what to do. */
import { CommandError } from '../failure.ts';
import { SERVICE_NAMES, SERVICES } from './services.ts';

const WITHOUT = 'or do without: adminctl stack up --embedded';

/** https://docs.docker.com/compose/releases/release-notes: `up --wait` came with it. */
const OLDEST_COMPOSE = '2.1.1';

export function noDocker(): CommandError {
  return new CommandError(
    'unreachable',
    'There is no docker in PATH, in which the services would run.',
    `Install it (https://docs.docker.com/get-docker/), ${WITHOUT}`,
  );
}

/** `version`: what `docker compose version` said. @throws CommandError */
export function refuseOldCompose(version: string): void {
  const found = /\d+(\.\d+)+/.exec(version)?.[0];
  if (found && isOlder(found, OLDEST_COMPOSE)) throw oldCompose(`Docker Compose is ${found}`);
}

function isOlder(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}

function oldCompose(found: string): CommandError {
  return new CommandError(
    'unreachable',
    `${found}; the stack needs the plugin Docker Compose, ${OLDEST_COMPOSE} or newer.`,
    `Install it (https://docs.docker.com/compose/install/), ${WITHOUT}`,
  );
}

type Explain = (stderr: string, found: RegExpExecArray) => CommandError | Promise<CommandError>;

/** By what stands on stderr, in the words of docker and of its older versions. */
const FAULTS: readonly (readonly [words: RegExp, explain: Explain])[] = [
  [/unknown command: docker compose|'compose' is not a docker command/, noCompose],
  [/permission denied while trying to connect/i, notAllowed],
  [
    /cannot connect to the docker daemon|is the docker daemon running|failed to connect to the docker api|error during connect/i,
    noEngine,
  ],
  [/port is already allocated|address already in use/i, portTaken],
  [/container (\S+) (is unhealthy|exited \(\d+\))/i, didNotStart],
];

export async function explainDocker(stderr: string, exitCode: number | undefined): Promise<CommandError> {
  for (const [words, explain] of FAULTS) {
    const found = words.exec(stderr);
    if (found) return explain(stderr, found);
  }
  return new CommandError('failed', lastLines(stderr) || `docker ended with ${exitCode}.`);
}

/** The program of before 2022 is a hint at what to replace. */
async function noCompose(): Promise<CommandError> {
  const old = /\d+(\.\d+)+/.exec(await answerOf('docker-compose', '--version'))?.[0];
  return oldCompose(`docker has no compose${old ? `, and docker-compose is ${old}` : ''}`);
}

function notAllowed(): CommandError {
  return new CommandError(
    'unreachable',
    'You may not use the Docker engine of this machine.',
    `Join its group (sudo usermod -aG docker $USER, then log in again), ${WITHOUT}`,
  );
}

function noEngine(): CommandError {
  return new CommandError(
    'unreachable',
    'docker is there, and its engine is not running.',
    `Start it (Docker Desktop, colima start, or sudo systemctl start docker), ${WITHOUT}`,
  );
}

function didNotStart(_stderr: string, [, container = '', how]: RegExpExecArray): CommandError {
  const service = SERVICE_NAMES.find((name) => container.includes(name));
  return new CommandError(
    'failed',
    `${service ?? container} did not come up: its container ${how}.`,
    `Read why: adminctl stack logs${service ? ` ${service}` : ''}`,
  );
}

async function portTaken(stderr: string): Promise<CommandError> {
  const port = Number(/(?:\d+\.\d+\.\d+\.\d+|\[[\da-f:]+\]):(\d+)/.exec(stderr)?.[1]);
  const endpoint = /on endpoint (\S+)/.exec(stderr)?.[1] ?? '';
  const name = SERVICE_NAMES.find((each) => endpoint.includes(each) || SERVICES[each].port === port);
  if (!name || !port) return new CommandError('failed', lastLines(stderr), 'Free the port, or take another.');
  const holder = await holderOf(port);
  const { portSetting } = SERVICES[name];
  return new CommandError(
    'failed',
    `Port ${port}, which ${name} wants, is taken${holder ? ` by ${holder}` : ''}.`,
    `Stop that, or take another port: ${portSetting}=${port + 1} adminctl stack up`,
  );
}

/** Another container, or a program that this user may see. */
async function holderOf(port: number): Promise<string | null> {
  const names = await answerOf('docker', 'ps', '--filter', `publish=${port}`, '--format', '{{.Names}}');
  const [container] = names.split('\n');
  if (container) return `the container ${container}`;
  const listed = await answerOf('lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc');
  const [, pid, program] = /p(\d+)\nc(.+)/.exec(listed) ?? [];
  return pid ? `${program} (process ${pid})` : null;
}

/** Nothing where the program is missing or fails: it would only have made the message better. */
async function answerOf(program: string, ...args: string[]): Promise<string> {
  const { execa } = await import('execa');
  const { stdout } = await execa(program, args, { reject: false, stdin: 'ignore', timeout: 5_000 });
  return stdout ?? '';
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join('\n');
}
