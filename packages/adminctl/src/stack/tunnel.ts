/** A way in from outside, by a program of others: the daemon on a laptop gets an address that Twilio can reach. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../failure.ts';
import { forget, isRunning, recordOf, start, stop } from './background.ts';
import type { ServiceStatus } from './services.ts';

export const TUNNEL = 'tunnel';

const START_MS = 30_000;

interface Program {
  args: (port: number) => string[];
  addressIn: (log: string) => string | null;
}

/** The first one that is installed is taken. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  cloudflared: {
    args: (port) => ['tunnel', '--no-autoupdate', '--url', `http://127.0.0.1:${port}`],
    // api.trycloudflare.com stands in its complaints.
    addressIn: (log) => /https:\/\/(?!api\.)[\w-]+\.trycloudflare\.com/.exec(log)?.[0] ?? null,
  },
  ngrok: {
    args: (port) => ['http', `127.0.0.1:${port}`, '--log', 'stdout', '--log-format', 'json'],
    addressIn: (log) => /"msg":"started tunnel".*"url":"(https:[^"]+)"/.exec(log)?.[1] ?? null,
  },
};

/** @throws CommandError `unreachable` where no such program is installed, `failed` with its last words */
export async function openTunnel(port: number): Promise<ServiceStatus> {
  const open = tunnelUrl();
  if (open) return statusOf(open);
  const found = Object.entries(PROGRAMS).find(([name]) => isInstalled(name));
  if (!found) {
    throw new CommandError(
      'unreachable',
      `Neither ${Object.keys(PROGRAMS).join(' nor ')} is in PATH; one of them makes this machine reachable for Twilio.`,
      'Install one: https://developers.cloudflare.com/tunnel/downloads/ (no account needed) or https://ngrok.com/download',
    );
  }
  const [program, { args, addressIn }] = found;
  const { address } = await start({
    name: TUNNEL,
    program,
    args: args(port),
    env: process.env,
    addressIn,
    withinMs: START_MS,
  });
  return statusOf(address);
}

/** The public address of the tunnel that is open, or null. */
export function tunnelUrl(): string | null {
  const record = recordOf(TUNNEL);
  return record && isRunning(record) ? record.address : null;
}

/** Null where none was opened. */
export function tunnelStatus(): ServiceStatus | null {
  return recordOf(TUNNEL) && statusOf(tunnelUrl());
}

function statusOf(address: string | null): ServiceStatus {
  return { name: TUNNEL, status: address ? 'running' : 'stopped', address };
}

/** A new one has another address, so there is nothing to remember. */
export async function closeTunnel(): Promise<void> {
  const record = recordOf(TUNNEL);
  if (!record) return;
  await stop(record);
  forget(TUNNEL);
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
