/** What a `postgres://…` address says. `sslmode` means what it means to libpq; pg alone would take it otherwise. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Problem } from '@receptionist/core';

export interface PostgresAddress {
  /** For pg, which need not know of TLS in there. */
  connectionString: string;
  /** False: not encrypted. */
  ssl: false | ConnectionOptions;
  /** Without user, password and parameters: fit for a message. */
  shown: string;
}

const TLS_PARAMETERS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/** @throws Problem `invalid_parameter`, in which no password stands */
export function readPostgresAddress(url: string): PostgresAddress {
  if (!URL.canParse(url)) {
    throw wrong(
      'is no address. Write postgres://USER:PASSWORD@HOST:5432/NAME, with % codes for special characters',
    );
  }
  const address = new URL(url);
  const ssl = readTls(address.searchParams);
  for (const name of TLS_PARAMETERS) address.searchParams.delete(name);
  const host = address.host || address.searchParams.get('host') || 'localhost';
  return { connectionString: address.href, ssl, shown: `postgres://${host}${address.pathname}` };
}

function readTls(parameters: URLSearchParams): PostgresAddress['ssl'] {
  const mode = parameters.get('sslmode') ?? 'disable';
  const ca = readRootCertificate(parameters.get('sslrootcert'));
  const own = { ...readFile(parameters, 'sslcert', 'cert'), ...readFile(parameters, 'sslkey', 'key') };
  const authority = ca === undefined ? {} : { ca };
  // Whoever signed it: the name in the certificate may be another.
  const anyName = { checkServerIdentity: () => undefined };
  switch (mode) {
    case 'disable':
      return false;
    case 'require':
      return ca === undefined ? { ...own, rejectUnauthorized: false } : { ...own, ...authority, ...anyName };
    case 'verify-ca':
      if (ca !== undefined) return { ...own, ...authority, ...anyName };
      throw wrong(
        'has sslmode=verify-ca and no sslrootcert=FILE: anybody has a certificate of a public authority. Use verify-full',
      );
    case 'verify-full':
      return { ...own, ...authority };
    default:
      throw wrong(`has sslmode=${mode}; it must be disable, require, verify-ca or verify-full`);
  }
}

/** `system`: those that Node trusts anyway. */
function readRootCertificate(file: string | null): string | undefined {
  return file === null || file === 'system' ? undefined : read('sslrootcert', file);
}

function readFile(parameters: URLSearchParams, parameter: 'sslcert' | 'sslkey', option: 'cert' | 'key') {
  const file = parameters.get(parameter);
  return file === null ? {} : { [option]: read(parameter, file) };
}

function read(parameter: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    throw wrong(`has ${parameter}=${file}, which cannot be read (${code}). Mend the path or its permissions`);
  }
}

function wrong(what: string): Problem {
  return new Problem('invalid_parameter', `The address of the Postgres database ${what}.`);
}
