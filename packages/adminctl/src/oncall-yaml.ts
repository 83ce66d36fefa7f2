/** Who is on call, as a file for people. */
import { type OnCallBody, onCallBody, validated } from '@receptionist/admin-api';
import { misfit, readDocuments } from './yaml-file.ts';

const ROTA = {
  noun: 'rota',
  example: 'docs/examples/oncall.yaml',
  check: (content: unknown) => validated(onCallBody, content, 'invalid_body'),
};

/** @throws CommandError `invalid_body` with file and line of each mistake */
export function readRota(text: string, file: string): OnCallBody {
  const [rota, ...others] = readDocuments<OnCallBody>(text, file, ROTA);
  if (rota === undefined || others.length > 0)
    throw misfit([`${file}: There may be one rota in a file.`], ROTA);
  return rota;
}
