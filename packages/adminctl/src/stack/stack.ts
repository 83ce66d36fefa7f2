/** All that was started here, whichever way: the same commands serve for Docker and for what runs without it. */
import { CommandError } from '../failure.ts';
import type { Column } from '../table.ts';
import { type Compose, inOrder, openCompose } from './compose.ts';
import { embeddedStatus, stopEmbedded } from './embedded.ts';
import type { ServiceStatus } from './services.ts';
import { closeTunnel, tunnelStatus } from './tunnel.ts';

/** @throws CommandError where nothing was started without Docker, and Docker cannot be asked */
export async function stackStatus(): Promise<ServiceStatus[]> {
  const own = await ownServices();
  const containers = await withCompose({ optional: own.length > 0 }, (compose) => compose.status());
  return [...inOrder(containers ?? []), ...own];
}

/** What runs without Docker, or did. */
export async function ownServices(): Promise<ServiceStatus[]> {
  return [await embeddedStatus(), tunnelStatus()].filter((service) => service !== null);
}

export async function stopOwnServices(): Promise<void> {
  await closeTunnel();
  await stopEmbedded();
}

/** Null where Docker cannot be used and is `optional`: whoever started without it may not have it. */
export async function withCompose<T>(
  { optional, progress = false }: { optional: boolean; progress?: boolean },
  work: (compose: Compose) => Promise<T>,
): Promise<T | null> {
  try {
    return await work(await openCompose({ progress }));
  } catch (error) {
    if (optional && error instanceof CommandError && error.code === 'unreachable') return null;
    throw error;
  }
}

export const SERVICE_COLUMNS: Column<ServiceStatus>[] = [
  { header: 'SERVICE', value: ({ name }) => name },
  { header: 'STATUS', value: ({ status }) => status },
  { header: 'ADDRESS', value: ({ address }) => address ?? '-' },
];
