import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { SERVICES, USUAL_SERVICES } from './services.ts';

interface ComposeFile {
  services: Record<string, { image?: string; ports: string[]; profiles?: string[]; healthcheck?: object }>;
}
const file = path.resolve(import.meta.dirname, '../../../../docker-compose.dev.yml');
const { services } = parse(readFileSync(file, 'utf8')) as ComposeFile;

test('the table of services agrees with docker-compose.dev.yml', () => {
  const published = Object.entries(SERVICES).map(([name, { port, portSetting }]) => [
    name,
    [`127.0.0.1:\${${portSetting}:-${port}}:${port}`],
  ]);
  const inFile = Object.entries(services).map(([name, { ports }]) => [name, ports]);
  expect(Object.fromEntries(inFile)).toEqual(Object.fromEntries(published));
  const usual = Object.keys(services).filter((name) => !services[name]?.profiles);
  expect(usual.toSorted()).toEqual(USUAL_SERVICES.toSorted());
});

test.each(Object.entries(services))('%s tells its health, and its image is pinned', (_, service) => {
  expect(service.healthcheck).toBeDefined();
  expect(service.image ?? 'built:1.0').toMatch(/:v?\d+\.\d+/);
});
