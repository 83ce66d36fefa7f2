/** docker-compose.dev.yml, through docker. */
import { inCheckout } from '../checkout.ts';
import { CommandError } from '../failure.ts';
import { docker } from './docker.ts';
import { refuseOldCompose } from './docker-faults.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName, type ServiceStatus } from './services.ts';

const FILE = 'docker-compose.dev.yml';

export interface Compose {
  /** Resolves when each is healthy. */
  up(services: readonly ServiceName[]): Promise<void>;
  down(options: { volumes: boolean }): Promise<void>;
  status(): Promise<ServiceStatus[]>;
  logs(services: readonly string[], options: { tail: number }): Promise<string>;
  /** For whoever runs docker with stdout of their own. */
  args(...args: string[]): string[];
}

/** `progress`: docker shows what it does. @throws CommandError with what to do where docker or Compose cannot be used */
export async function openCompose({ progress }: { progress: boolean }): Promise<Compose> {
  const file = inCheckout(FILE);
  if (!file) {
    throw new CommandError(
      'unreachable',
      `${FILE} is not here: this adminctl does not run from a checkout.`,
      'Run bin/adminctl of a checkout, or do without: adminctl stack up --embedded',
    );
  }
  refuseOldCompose(await docker(['compose', 'version']));
  // The profile holds what does not start by itself, and what is to be seen and stopped all the same.
  const args = (...rest: string[]) => ['compose', '--file', file, '--profile', 'daemon', ...rest];
  return {
    args,
    async up(services) {
      await docker(args('up', '-d', '--wait', ...services), { progress });
    },
    async down({ volumes }) {
      await docker(args('down', ...(volumes ? ['-v'] : [])), { progress });
    },
    async status() {
      return containersIn(await docker(args('ps', '--all', '--format', 'json'))).map(toStatus);
    },
    logs: (services, { tail }) => docker(args('logs', '--no-color', '--tail', String(tail), ...services)),
  };
}

interface Container {
  Service: string;
  State: string;
  /** Empty where nothing tells. */
  Health: string;
  Publishers: { URL: string; TargetPort: number; PublishedPort: number }[] | null;
}

/** An object a line; before Compose 2.21 one list. */
function containersIn(text: string): Container[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return JSON.parse(trimmed);
  return trimmed
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function toStatus({ Service, State, Health, Publishers }: Container): ServiceStatus {
  const port = SERVICES[Service as ServiceName]?.port;
  const published = Publishers?.find((each) => each.TargetPort === port && each.PublishedPort > 0);
  const address = published ? `${published.URL || '127.0.0.1'}:${published.PublishedPort}` : null;
  return {
    name: Service,
    status: Health || State,
    address: address && Service === 'receptionistd' ? `http://${address}` : address,
  };
}

/** In the order in which people think of them. */
export function inOrder(services: ServiceStatus[]): ServiceStatus[] {
  const place = ({ name }: ServiceStatus) => SERVICE_NAMES.indexOf(name as ServiceName);
  return services.toSorted((a, b) => place(a) - place(b));
}
