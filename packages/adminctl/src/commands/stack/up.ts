import { Errors, Flags } from '@oclif/core';
import { notOneOf } from '@receptionist/admin-api';
import { AdminCommand, type GlobalFlags } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { inOrder, openCompose } from '../../stack/compose.ts';
import { daemonPort, embeddedStatus, lacksAdminKey, startEmbedded } from '../../stack/embedded.ts';
import {
  envLines,
  SERVICE_NAMES,
  type ServiceName,
  type ServiceStatus,
  USUAL_SERVICES,
} from '../../stack/services.ts';
import { SERVICE_COLUMNS } from '../../stack/stack.ts';
import { openTunnel, tunnelUrl } from '../../stack/tunnel.ts';
import { table } from '../../table.ts';

const isService = (name: string): name is ServiceName => SERVICE_NAMES.some((each) => each === name);

export default class Up extends AdminCommand {
  static override summary = 'Start what the daemon needs, and wait until it is healthy';
  static override description = [
    'Postgres, Redis and Qdrant in Docker (docker-compose.dev.yml), or with --embedded the daemon itself, without Docker.',
    "On stdout are the lines for the daemon's .env.",
  ].join('\n');
  static override examples = [
    'adminctl stack up >> .env',
    'adminctl stack up --only postgres,redis',
    'adminctl stack up --embedded             # no Docker; data, log and pid are below var/',
    'adminctl stack up --embedded --tunnel    # and reachable for Twilio',
  ];
  static override flags = {
    only: Flags.custom<ServiceName>({
      parse: async (name) => {
        if (isService(name)) return name;
        throw new Errors.CLIError(notOneOf(name, SERVICE_NAMES));
      },
    })({
      description: `only these: ${SERVICE_NAMES.join(', ')}`,
      helpValue: 'SERVICE,…',
      multiple: true,
      delimiter: ',',
      exclusive: ['embedded'],
    }),
    embedded: Flags.boolean({ description: 'the daemon on its embedded store, without Docker' }),
    tunnel: Flags.boolean({
      description: 'give the daemon a public address, with cloudflared or ngrok',
      default: false,
    }),
  };

  override async run() {
    const { flags } = await this.parse(Up);
    const services = flags.embedded
      ? await this.#startEmbedded(flags)
      : await this.#startContainers(flags.only ?? USUAL_SERVICES, flags);
    const env = envLines(services);
    this.logToStderr(table(SERVICE_COLUMNS, services, this.width));
    for (const line of env) this.log(line);
    this.next(nextStep(services));
    return { services, env };
  }

  async #startContainers(
    names: readonly ServiceName[],
    { tunnel }: { tunnel: boolean },
  ): Promise<ServiceStatus[]> {
    const compose = await openCompose({ progress: !this.jsonEnabled() });
    await compose.up(names);
    const all = await compose.status();
    const started = inOrder(all.filter(({ name }) => isService(name) && names.includes(name)));
    return tunnel ? [...started, await this.#openTunnel()] : started;
  }

  /** The tunnel comes first: a daemon has to be told its public address when it starts. */
  async #startEmbedded(flags: GlobalFlags & { tunnel: boolean }): Promise<ServiceStatus[]> {
    const settings = this.settings(flags);
    if (flags.tunnel) await refuseUntoldDaemon();
    const tunnel = flags.tunnel ? await this.#openTunnel() : null;
    this.logToStderr('Starting the daemon on its embedded store …');
    const daemon = await startEmbedded(settings, { publicUrl: tunnel?.address ?? null });
    if (lacksAdminKey(settings))
      this.logToStderr(
        'There is no ADMIN_PRIVATE_KEY, so it takes no commands: adminctl init, then stack down and up.',
      );
    if (daemon.address && new URL(daemon.address).port !== new URL(settings.apiUrl).port)
      this.logToStderr(`adminctl asks ${settings.apiUrl}: for this one set ADMIN_API_URL=${daemon.address}`);
    return tunnel ? [daemon, tunnel] : [daemon];
  }

  async #openTunnel(): Promise<ServiceStatus> {
    const port = daemonPort();
    if (port === 0)
      throw new CommandError('usage', 'PORT is 0: a tunnel needs to know the port.', 'Set PORT=8080.');
    this.logToStderr('Opening the tunnel …');
    return openTunnel(port);
  }
}

async function refuseUntoldDaemon(): Promise<void> {
  const daemon = await embeddedStatus();
  if (!daemon?.address || tunnelUrl()) return;
  throw new CommandError(
    'failed',
    `The daemon runs at ${daemon.address} already, and was told another PUBLIC_URL.`,
    'Stop it first: adminctl stack down',
  );
}

function nextStep(services: readonly ServiceStatus[]): string {
  const has = (wanted: string) => services.some(({ name }) => name === wanted);
  if (has('tunnel')) return 'adminctl number connect NUMBER';
  if (has('receptionistd')) return 'adminctl tenant import docs/examples/t1.yaml';
  return 'put these lines into .env, and run bin/receptionistd';
}
