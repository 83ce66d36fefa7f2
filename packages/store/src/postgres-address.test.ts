import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readPostgresAddress } from './postgres-address.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'address-'));
const certificate = path.join(folder, 'root.crt');
writeFileSync(certificate, 'CERTIFICATE');

const tlsOf = (parameters: string) => readPostgresAddress(`postgres://h/d?${parameters}`).ssl;

it('shows neither user, password nor parameters, and keeps them for pg', () => {
  expect(readPostgresAddress('postgres://me:s3same%21@db.example:6432/name?application_name=x')).toEqual({
    connectionString: 'postgres://me:s3same%21@db.example:6432/name?application_name=x',
    ssl: false,
    shown: 'postgres://db.example:6432/name',
  });
  expect(readPostgresAddress('postgresql:///name?host=/run/postgresql').shown).toBe(
    'postgres:///run/postgresql/name',
  );
});

it('reads sslmode as libpq does', () => {
  expect(tlsOf('')).toBe(false);
  expect(tlsOf('sslmode=disable')).toBe(false);
  expect(tlsOf('sslmode=require')).toEqual({ rejectUnauthorized: false });
  expect(tlsOf('sslmode=verify-full')).toEqual({});
  expect(tlsOf('sslmode=verify-full&sslrootcert=system')).toEqual({});
  expect(tlsOf(`sslmode=verify-full&sslrootcert=${certificate}`)).toEqual({ ca: 'CERTIFICATE' });
  // The authority is checked, the name is not.
  for (const mode of ['require', 'verify-ca']) {
    expect(tlsOf(`sslmode=${mode}&sslrootcert=${certificate}`)).toEqual({
      ca: 'CERTIFICATE',
      checkServerIdentity: expect.any(Function),
    });
  }
});

it('brings its own certificate where it has one', () => {
  expect(tlsOf(`sslmode=verify-full&sslcert=${certificate}&sslkey=${certificate}`)).toEqual({
    cert: 'CERTIFICATE',
    key: 'CERTIFICATE',
  });
});

it('keeps what it has understood from pg, which would understand it otherwise', () => {
  const { connectionString } = readPostgresAddress(
    `postgres://h/d?sslmode=verify-full&sslrootcert=${certificate}&application_name=x`,
  );
  expect(connectionString).toBe('postgres://h/d?application_name=x');
});

it.each([
  ['sslmode=prefer', 'sslmode=prefer; it must be disable, require, verify-ca or verify-full'],
  ['sslmode=verify-ca', 'no sslrootcert'],
  ['sslmode=require&sslrootcert=/nowhere.crt', '/nowhere.crt, which cannot be read (ENOENT)'],
])('refuses %s', (parameters, said) => {
  expect(() => readPostgresAddress(`postgres://me:s3same@h/d?${parameters}`)).toThrow(
    expect.objectContaining({
      code: 'invalid_parameter',
      message: expect.stringMatching(new RegExp(`^(?!.*s3same).*${RegExp.escape(said)}`)),
    }),
  );
});

it('refuses what is no address, without repeating it', () => {
  expect(() => readPostgresAddress('postgres://me:s3same@h:port/d')).toThrow(/^(?!.*s3same).*% codes/);
});
