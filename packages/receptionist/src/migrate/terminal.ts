/** Questions and progress: on stderr, so that stdout has the result alone. */
import { createInterface } from 'node:readline';
import { EXIT } from '../failure.ts';

export interface Terminal {
  /** True where nobody is there to be asked, or wants to be: the command stands as it was given. */
  confirmed(question: string): Promise<boolean>;
  /** What goes on, in place of what went on before; where nobody looks on, a line now and then. */
  progress(line: string): void;
  /** Does it, with its progress; who interrupts it is told what that means. */
  during<T>(work: () => Promise<T>, interrupted?: string): Promise<T>;
}

const LINE_EVERY_MS = 10_000;
const KEPT = 'Interrupted. What was done is kept; run it again, and it goes on from there.';

/** `quiet`: says and asks nothing. */
export function createTerminal({ quiet, mayAsk }: { quiet: boolean; mayAsk: boolean }): Terminal {
  let isShown = false;
  let toldAt = performance.now();

  function progress(line: string): void {
    if (quiet) return;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`);
      isShown = true;
    } else if (performance.now() - toldAt > LINE_EVERY_MS) {
      console.error(line);
      toldAt = performance.now();
    }
  }

  function endProgress(end: string): void {
    if (isShown) process.stderr.write(end);
    isShown = false;
  }

  async function during<T>(work: () => Promise<T>, interrupted = KEPT): Promise<T> {
    const interrupt = () => {
      endProgress('\n');
      if (!quiet) console.error(interrupted);
      process.exit(EXIT.interrupted);
    };
    process.once('SIGINT', interrupt);
    try {
      return await work();
    } finally {
      process.off('SIGINT', interrupt);
      endProgress('\r\x1b[2K');
    }
  }

  async function confirmed(question: string): Promise<boolean> {
    if (quiet || !mayAsk || !process.stdin.isTTY || !process.stderr.isTTY) return true;
    return ask(question);
  }

  return { confirmed, progress, during };
}

function ask(question: string): Promise<boolean> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise<boolean>((resolve) => {
    line.question(`${question} (y/N) `, (answer) => resolve(/^y(es)?$/i.test(answer.trim())));
    line.once('close', () => resolve(false));
    line.once('SIGINT', () => process.exit(EXIT.interrupted));
  }).finally(() => line.close());
}
