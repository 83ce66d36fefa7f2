import { readFileSync } from 'node:fs';

/** From the package.json one folder up, which is there for the sources and for the bundle. */
export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
