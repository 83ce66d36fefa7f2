import { readFileSync } from 'node:fs';
import { Problem } from '@receptionist/core';
import type { StoreOptions } from '@receptionist/store';
import type { CopyProgress } from '@receptionist/store/migrate';
import { type Config, storeSettings } from '../config.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './outcome.ts';
import { columns, count } from './words.ts';

export interface TargetFlags {
  to?: string;
  toEnv?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `tools` are those of the target. */
export async function copy({ tools, terminal }: Desk, { from }: { from: string }): Promise<Outcome> {
  const { progress, during } = terminal;
  const report = await during(() => tools.copyFrom(from, (step) => progress(inWords(step))), ALL_OR_NOTHING);
  return {
    document: report,
    lines: [
      ...columns(report.tables.map(({ table, rows }) => [table, count(rows)])),
      `${count(report.rows)} rows copied and compared, one by one, in ${report.seconds.toFixed(1)} s`,
    ],
    notes: ['Next: point DATABASE_URL at the target, and start the daemon'],
  };
}

const ALL_OR_NOTHING = 'Interrupted. All is copied, or nothing: run it again, and it says which.';

function inWords({ step, table, rows, total }: CopyProgress): string {
  return `${step === 'copy' ? 'copying' : 'comparing'} ${table}: ${count(rows)} of ${count(total)} rows`;
}

/**
 * Where to copy to. The address has a password, and a secret is never an argument: it stands in a variable, or in the file that
 * NAME_FILE names; typed is only an address without one.
 * @throws Problem `invalid_parameter`
 */
export function copyTarget(
  { to, toEnv }: TargetFlags,
  { config, environment }: { config: Config; environment: Environment },
): StoreOptions {
  const own = storeSettings(config);
  if (to === undefined && toEnv === undefined) return { ...own, url: aPostgres(own.url, 'DATABASE_URL') };
  const url = toEnv === undefined ? withoutPassword(to ?? '') : variable(toEnv, environment);
  return { ...own, url: aPostgres(url, toEnv ?? '--to'), directUrl: undefined };
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url) || new URL(url).password === '') return url;
  throw refused(
    '--to has a password, which others on this machine can read: put the address into a variable and give --to-env NAME',
  );
}

function variable(name: string, environment: Environment): string {
  const file = environment[`${name}_FILE`];
  const value = environment[name] || (file && secretIn(file));
  if (value) return value;
  throw refused(
    `the variable ${name} is not set: put the address of the target into it, as postgres://USER:PASSWORD@HOST/NAME`,
  );
}

function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw refused(`the file ${file}, which is to hold the address of the target, cannot be read`);
  }
}

function aPostgres(url: string, source: string): string {
  if (/^postgres(ql)?:/.test(url)) return url;
  throw refused(
    `${source} is no postgres://… address, and only there can be copied to: set it, or name a variable with --to-env NAME`,
  );
}

function refused(what: string): Problem {
  return new Problem('invalid_parameter', `Nothing was copied: ${what}.`);
}
