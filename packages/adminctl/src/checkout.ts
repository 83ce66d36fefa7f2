import { existsSync } from 'node:fs';
import path from 'node:path';

/** A file of the checkout that this program runs from, or null where it was installed alone. */
export function inCheckout(file: string): string | null {
  for (let folder = import.meta.dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const full = path.join(folder, file);
    if (existsSync(full)) return full;
  }
  return null;
}
