/** What is read from a file or, only where `-` stands, from stdin; and whether a person is there. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommandError } from './failure.ts';

export function readStdin(): Promise<string> {
  return text(process.stdin);
}

/** @throws CommandError `usage` when the file cannot be read */
export async function readText(file: string): Promise<string> {
  if (file === '-') return readStdin();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      'usage',
      code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code}).`,
    );
  }
}

/** Whether a person is there to be asked. */
export function someoneIsThere(): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY);
}
