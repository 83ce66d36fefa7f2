/** What stands on this machine: Node, the file of settings, the key. */
import { type Finding, fine, skipped, worrying, wrong } from '@receptionist/admin-api';
import { isPlaceholder } from '@receptionist/core';
import { type Environment, envFilePath } from '../env-file.ts';
import { readSettingsFile, type SettingFlags, type Settings, settingsFrom } from '../settings.ts';
import { attempt, failed } from './attempt.ts';

const OLDEST_NODE = 24;

export type LocalCheck = 'node_version' | 'settings' | 'admin_key';

/** `settings` are null where they cannot be used at all; a file that must not be read is left out. */
export async function checkSettings(
  flags: SettingFlags,
  env: Environment,
): Promise<{ settings: Settings | null; findings: Record<LocalCheck, Finding> }> {
  const file = await attempt(() => readSettingsFile(flags, env));
  const noFile = { file: envFilePath(flags['env-file'], env), values: {} };
  const read = await attempt(() => settingsFrom(flags, env, 'value' in file ? file.value : noFile));
  const node_version = checkNode(process.versions.node);
  if ('failure' in read) {
    const bad = failed(read.failure, 'No command that asks the daemon works.');
    return {
      settings: null,
      findings: {
        node_version,
        settings: bad,
        admin_key: skipped('Not looked at: the settings cannot be used.'),
      },
    };
  }
  const settings =
    'failure' in file
      ? failed(file.failure, 'Every command refuses to use it; only the environment was looked at.')
      : checkFile(file.value);
  return {
    settings: read.value,
    findings: { node_version, settings, admin_key: await checkKey(read.value) },
  };
}

export function checkNode(version: string): Finding {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return fine(`Node ${version}.`);
  return wrong(
    `Node ${version}.`,
    `The programs are written for Node ${OLDEST_NODE} and newer.`,
    'Run the launchers in bin/, which fetch the right one, or install it from https://nodejs.org',
  );
}

function checkFile({ file, values }: { file: string; values: Environment }): Finding {
  const count = Object.keys(values).length;
  if (count === 0) return fine(`${file} sets nothing: all comes from the environment and from defaults.`);
  return fine(`${file} sets ${Object.keys(values).join(', ')}, and only you can read it.`);
}

async function checkKey({ adminKey }: Settings): Promise<Finding> {
  const key = await attempt(adminKey);
  if ('failure' in key)
    return failed(key.failure, 'No token can be signed: the daemon refuses every command.');
  if (isPlaceholder(key.value)) {
    return wrong(
      'ADMIN_PRIVATE_KEY is a placeholder, which everybody knows.',
      'No daemon takes it.',
      'Make a fresh one: adminctl init --force',
    );
  }
  const distinct = new Set(key.value).size;
  if (distinct < 8) {
    return worrying(
      `ADMIN_PRIVATE_KEY is made of ${distinct} different characters.`,
      'It may be guessed, and a daemon refuses one character repeated.',
      'Make a fresh one: adminctl init --force',
    );
  }
  return fine(`ADMIN_PRIVATE_KEY has ${Buffer.byteLength(key.value)} bytes.`);
}
