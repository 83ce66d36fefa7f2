/** The services of docker-compose.dev.yml, and what a daemon needs to know of each. A test compares it with the file. */

export interface Service {
  /** Inside its container. */
  port: number;
  /** Names another port for this machine. */
  portSetting: string;
  /** For the daemon's `.env`; `address` is host:port. */
  envLine: (address: string) => string | null;
}

export const SERVICES = {
  postgres: {
    port: 5432,
    portSetting: 'POSTGRES_PORT',
    envLine: (address) => `DATABASE_URL=postgres://receptionist:receptionist@${address}/receptionist`,
  },
  redis: { port: 6379, portSetting: 'REDIS_PORT', envLine: (address) => `REDIS_URL=redis://${address}` },
  qdrant: {
    port: 6333,
    portSetting: 'QDRANT_PORT',
    envLine: (address) => `VECTOR_URL=qdrant+http://${address}`,
  },
  receptionistd: { port: 8080, portSetting: 'RECEPTIONISTD_PORT', envLine: () => null },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof SERVICES;

export const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[];

/** The daemon is left to those who ask for it: most run it from the checkout. */
export const USUAL_SERVICES = SERVICE_NAMES.filter((name) => name !== 'receptionistd');

/** As `stack status --json` prints it. */
export interface ServiceStatus {
  name: string;
  /** `healthy`, `starting`, `unhealthy`, `running` (nothing tells its health), or what docker says of one that is down. */
  status: string;
  /** host:port, or the URL of what speaks HTTP; null while there is none. */
  address: string | null;
}

/** The lines that make a daemon on this machine use what runs. */
export function envLines(services: readonly ServiceStatus[]): string[] {
  return services.flatMap(({ name, address }) => {
    const envLine = name === 'tunnel' ? publicUrlLine : (SERVICES[name as ServiceName] as Service).envLine;
    return (address && envLine(address)) || [];
  });
}

const publicUrlLine: Service['envLine'] = (address) => `PUBLIC_URL=${address}`;
