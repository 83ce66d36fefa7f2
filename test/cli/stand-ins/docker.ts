/**
 * Stands in for docker and its plugin Compose: the same commands, flags, words on stderr and exit codes, as of Docker 28
 * and Compose 2.40, without a container. DOCKER_STATE names its memory; DOCKER_MOOD what shall be wrong.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Memory {
  /** Services whose containers exist. */
  up: string[];
  /** Services that have data. */
  volumes: string[];
  /** What it was asked, a command a line. */
  asked: string[];
}

interface ComposeFile {
  name: string;
  services: Record<string, { profiles?: string[]; ports: string[] }>;
}

export const MOODS = [
  'well',
  'no compose',
  'too old compose',
  'older compose',
  'no engine',
  'no permission',
  'port taken',
  'unhealthy',
] as const;
export type Mood = (typeof MOODS)[number];

const mood = (process.env['DOCKER_MOOD'] ?? 'well') as Mood;
const stateFile = process.env['DOCKER_STATE'] ?? '';
const memory: Memory = existsSync(stateFile)
  ? JSON.parse(readFileSync(stateFile, 'utf8'))
  : { up: [], volumes: [], asked: [] };

const SOCKET = 'unix:///var/run/docker.sock';
const ENGINE_WORDS: Partial<Record<Mood, string>> = {
  'no engine': `Cannot connect to the Docker daemon at ${SOCKET}. Is the docker daemon running?`,
  'no permission': `permission denied while trying to connect to the Docker daemon socket at ${SOCKET}: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.51/containers/json": dial unix /var/run/docker.sock: connect: permission denied`,
};

const VERSIONS: Partial<Record<Mood, string>> = { 'too old compose': 'v2.0.1', 'older compose': 'v2.15.1' };

const words = process.argv.slice(2);
memory.asked.push(words.join(' '));
remember();
if (words[0] === 'ps') listPublished();
else if (words[0] !== 'compose')
  fail(`docker: unknown command: docker ${words[0]}\n\nRun 'docker --help' for more information`);
else if (mood === 'no compose')
  fail("docker: unknown command: docker compose\n\nRun 'docker --help' for more information");
else compose(words.slice(1));

function compose(words: string[]): void {
  const { options, rest } = globalOptions(words);
  const [command, ...args] = rest;
  if (command === 'version') say(`Docker Compose version ${VERSIONS[mood] ?? 'v2.40.3'}`);
  else if (ENGINE_WORDS[mood]) fail(ENGINE_WORDS[mood] ?? '');
  else if (command === 'up') up(options, args);
  else if (command === 'down') down(options, args);
  else if (command === 'ps') ps(options, args);
  else if (command === 'logs') logs(args);
  else fail(`unknown docker command: "compose ${command}"`);
}

interface Options {
  file: ComposeFile;
  profiles: string[];
}

function globalOptions(words: string[]): { options: Options; rest: string[] } {
  const profiles: string[] = [];
  let file = '';
  let next = 0;
  for (; words[next]?.startsWith('-'); next += 2) {
    const value = words[next + 1] ?? '';
    if (words[next] === '--profile') profiles.push(value);
    else if (words[next] === '--file' || words[next] === '-f') file = value;
    else fail(`unknown flag: ${words[next]}`);
  }
  const text = file ? readFileSync(file, 'utf8') : 'name: none\nservices: {}';
  return { options: { file: parse(text), profiles }, rest: words.slice(next) };
}

function up({ file, profiles }: Options, args: string[]): void {
  const known = Object.entries(file.services);
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  if (!args.includes('-d') || !args.includes('--wait')) fail('this stand-in only knows up -d --wait');
  for (const name of wanted) if (!file.services[name]) fail(`no such service: ${name}`);
  const chosen = known
    .filter(([name, service]) =>
      wanted.length > 0
        ? wanted.includes(name)
        : (service.profiles ?? []).every((each) => profiles.includes(each)),
    )
    .map(([name]) => name);
  for (const name of chosen) start(file, name);
  for (const name of chosen) progress(file, name, 'Healthy');
}

function start(file: ComposeFile, name: string): void {
  progress(file, name, 'Starting');
  if (name === 'postgres' && mood === 'port taken') {
    const { host, port } = published(file, name);
    fail(
      `Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint ${container(file, name)} (8d0e7f2ab6c1): Bind for ${host}:${port} failed: port is already allocated`,
    );
  }
  memory.up = [...new Set([...memory.up, name])];
  memory.volumes = [...new Set([...memory.volumes, name])];
  remember();
  progress(file, name, 'Started');
  progress(file, name, 'Waiting');
  if (name === 'qdrant' && mood === 'unhealthy') fail(`container ${container(file, name)} is unhealthy`);
}

function down({ file }: Options, args: string[]): void {
  for (const name of memory.up) progress(file, name, 'Removed');
  memory.up = [];
  if (args.includes('-v') || args.includes('--volumes')) memory.volumes = [];
  remember();
}

/** An object a line, or as it was before 2.21: a list. */
function ps({ file }: Options, args: string[]): void {
  if (!args.join(' ').includes('--format json')) fail('this stand-in only knows ps --format json');
  const shown = memory.up.map((name) => shownContainer(file, name));
  if (mood === 'older compose') say(JSON.stringify(shown));
  else for (const one of shown) say(JSON.stringify(one));
}

function shownContainer(file: ComposeFile, name: string): object {
  const { host, port, inside } = published(file, name);
  return {
    Name: container(file, name),
    Project: file.name,
    Service: name,
    State: 'running',
    Health: name === 'qdrant' && mood === 'unhealthy' ? 'unhealthy' : 'healthy',
    ExitCode: 0,
    Publishers: [{ URL: host, TargetPort: inside, PublishedPort: port, Protocol: 'tcp' }],
  };
}

function logs(args: string[]): void {
  const tail = args.indexOf('--tail');
  const wanted = args.filter((arg, i) => !arg.startsWith('-') && (tail < 0 || i !== tail + 1));
  for (const name of memory.up) {
    if (wanted.length === 0 || wanted.includes(name)) say(`${name}-1  | ready to accept connections`);
  }
}

/** `docker ps --filter publish=PORT --format {{.Names}}` */
function listPublished(): void {
  const holder = process.env['DOCKER_HOLDER'];
  if (holder) say(holder);
}

function published(file: ComposeFile, name: string): { host: string; port: number; inside: number } {
  const text = (file.services[name]?.ports[0] ?? '').replace(
    /\$\{(\w+):-(\d+)\}/g,
    (_, setting: string, otherwise: string) => process.env[setting] || otherwise,
  );
  const [host = '', port, inside] = text.split(':');
  return { host, port: Number(port), inside: Number(inside) };
}

function container({ name }: ComposeFile, service: string): string {
  return `${name}-${service}-1`;
}

function progress(file: ComposeFile, service: string, what: string): void {
  console.error(` Container ${container(file, service)}  ${what}`);
}

function say(line: string): void {
  console.log(line);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function remember(): void {
  if (stateFile) writeFileSync(stateFile, JSON.stringify(memory));
}
