/** Who holds the write lock of an SQLite file. Its locks are POSIX ones, which Linux lists; elsewhere nobody can tell. */
import { readFile, stat } from 'node:fs/promises';

/** The bytes that a writer locks: in the index of the log (sqlite.org/walformat.html, 2.3.2), or in the file itself. */
const WRITE_LOCKS = [
  { suffix: '-shm', first: 120 },
  { suffix: '', first: 0x40000001 },
];

/** In words, or null. */
export async function lockHolderOf(file: string): Promise<string | null> {
  for (const { suffix, first } of WRITE_LOCKS) {
    const pid = await writerOf(`${file}${suffix}`, first);
    if (pid !== null) return `${await programOf(pid)} (pid ${pid})`;
  }
  return null;
}

/** A line is `1: POSIX  ADVISORY  WRITE 4711 08:01:131 120 120`: pid, device and inode, first and last byte. */
async function writerOf(file: string, byte: number): Promise<number | null> {
  try {
    const { ino } = await stat(file);
    for (const line of (await readFile('/proc/locks', 'utf8')).split('\n')) {
      const [, kind, , mode, pid, place = '', first, last] = line.trim().split(/\s+/);
      const isIt = kind === 'POSIX' && mode === 'WRITE' && place.endsWith(`:${ino}`);
      if (isIt && Number(first) <= byte && byte <= (last === 'EOF' ? Infinity : Number(last)))
        return Number(pid);
    }
  } catch {
    // Not Linux, or the file has no such companion.
  }
  return null;
}

async function programOf(pid: number): Promise<string> {
  try {
    const [program = '', ...words] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    // The script says enough; what comes after it may be anybody's business.
    const script = words.find((word) => !word.startsWith('-')) ?? '';
    return `${program} ${script}`.trim();
  } catch {
    return 'a process';
  }
}
