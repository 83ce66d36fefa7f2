/** What the daemon says of a number and of its own address, where it can be asked. */
import { type AdminClient, type DaemonStatus, ROUTES } from '@receptionist/admin-api';
import type { PhoneNumber, Tenant } from '@receptionist/core';
import { CommandError, explain, type Failure } from '../failure.ts';
import { allTenants } from '../numbers.ts';
import type { Settings } from '../settings.ts';
import { tunnelUrl } from '../stack/tunnel.ts';

export interface Office {
  status: DaemonStatus;
  /** Whose number it is, or null. */
  tenant: Tenant | null;
}

/** Twilio can be set up while the daemon is away; what it would have said is then missing, and why stands here. */
export async function askOffice(connect: () => AdminClient, number: PhoneNumber): Promise<Office | Failure> {
  try {
    const client = connect();
    const [status, tenants] = await Promise.all([client.call(ROUTES.getStatus, {}), allTenants(client)]);
    return { status, tenant: tenants.find(({ numbers }) => numbers.includes(number)) ?? null };
  } catch (error) {
    return explain(error);
  }
}

export function isOffice(answer: Office | Failure): answer is Office {
  return 'status' in answer;
}

/** The setting, else an open tunnel, else what the daemon was told. @throws CommandError `usage` */
export function publicUrlFrom({ get }: Settings, office: Office | Failure): string {
  const named = get('PUBLIC_URL') ?? tunnelUrl();
  const url = named ?? (isOffice(office) ? office.status.public_url : null);
  const hint =
    'Set PUBLIC_URL to the address that the internet knows, or get one: adminctl stack up --tunnel';
  if (!url) throw new CommandError('usage', 'Where Twilio reaches the daemon is not known.', hint);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new CommandError('usage', `PUBLIC_URL is "${url}", which is no address.`, hint);
  if (!named && isLocal(url))
    throw new CommandError(
      'usage',
      `The daemon knows no address but ${url}, which Twilio cannot reach.`,
      hint,
    );
  return url.replace(/\/+$/, '');
}

/** Only this machine, or its network, knows the way there. */
export function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return LOCAL.test(hostname) || hostname.endsWith('.local');
}

/** This machine, and the networks of RFC 1918. */
const LOCAL = /^(localhost$|127\.\d|10\.\d|192\.168\.\d|172\.(1[6-9]|2\d|3[01])\.\d|0\.0\.0\.0$|\[::1?\]$)/;
