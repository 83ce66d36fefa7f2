/** Writes the page whole or not at all: who looks at the file meanwhile sees the one before. */
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError } from '../failure.ts';

/** Answers the full path. @throws CommandError `usage` for a folder, `failed` with the reason where it cannot be written */
export async function writePage(file: string, page: string): Promise<string> {
  const full = path.resolve(file);
  const isFolder = await stat(full).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder)
    throw new CommandError(
      'usage',
      `${file} is a folder.`,
      `Name a file in it: ${path.join(file, 'report.html')}`,
    );
  const unfinished = `${full}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, page, { flag: 'wx' });
    await rename(unfinished, full);
    return full;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new CommandError(
      'failed',
      `The report could not be written to ${full}: ${(error as Error).message}`,
    );
  }
}
