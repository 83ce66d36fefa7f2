/**
 * A terminal as the guided run needs it: a screen of its own, single keys without echo, and now and then a line that is typed.
 * Whatever ends the program, the terminal is as it was.
 */
import { createInterface, emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Size } from './screen.ts';

export interface Question {
  words: string;
  /** Stands there already, and can be changed. */
  initial?: string;
  /** What Tab completes, after the last comma. */
  known?: readonly string[];
}

export interface Terminal {
  size: () => Size;
  paint: (lines: readonly string[]) => void;
  /** The next key, by its character or name; null once there is no terminal any more. Meanwhile `tick` is called each second. */
  key: (tick: () => void) => Promise<string | null>;
  /** A line, or null where the person thought better of it: an empty one, Ctrl-C, Ctrl-D. */
  ask: (question: Question) => Promise<string | null>;
  close: () => void;
}

type Input = Pick<ReadStream, 'setRawMode'> & NodeJS.ReadableStream;
type Output = Pick<WriteStream, 'columns' | 'rows'> & NodeJS.WritableStream;

const SCREEN_OF_ITS_OWN = '\u001b[?1049h';
const SCREEN_AS_IT_WAS = '\u001b[?1049l';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** A character that is wider than it was thought must not push the lines below. */
const CUT_LONG_LINES = '\u001b[?7l';
const WRAP_LONG_LINES = '\u001b[?7h';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

const TICK_MS = 1_000;

export interface TerminalOptions {
  input: Input;
  output: Output;
  /** Ctrl-C while no key and no line is waited for, which is while the daemon is. */
  interrupted: () => void;
}

export function openTerminal({ input, output, interrupted }: TerminalOptions): Terminal {
  let isOpen = true;
  let isGone = false;
  let isWaitedFor = false;
  emitKeypressEvents(input);
  input.on('keypress', onAnyKey).once('end', onEnd);
  listen();
  output.write(SCREEN_OF_ITS_OWN);
  process.once('exit', close);
  // Else they end the program before it could clean up.
  process.once('SIGTERM', terminated);
  process.once('SIGHUP', hungUp);

  function onAnyKey(text: string | undefined, pressed: Key): void {
    if (!isWaitedFor && nameOf(text, pressed) === 'ctrl-c') interrupted();
  }

  function onEnd(): void {
    isGone = true;
  }

  function size(): Size {
    // A terminal that does not know its size says 0.
    return { columns: output.columns || 80, rows: output.rows || 24 };
  }

  function listen(): void {
    input.setRawMode(true);
    input.resume();
  }

  function paint(lines: readonly string[]): void {
    // Cleared before it is written: at the end of a full line the cursor still stands on its last character.
    const clear = (i: number) => (i < lines.length - 1 ? CLEAR_LINE : CLEAR_BELOW);
    const text = lines.map((line, i) => clear(i) + line).join('\r\n');
    output.write(HIDE_CURSOR + CUT_LONG_LINES + HOME + text);
  }

  async function key(tick: () => void): Promise<string | null> {
    if (isGone) return null;
    isWaitedFor = true;
    return new Promise((resolve) => {
      const timer = setInterval(tick, TICK_MS);
      const done = (pressed: string | null) => {
        clearInterval(timer);
        output.off('resize', tick);
        input.off('keypress', onKey).off('end', onGone);
        isWaitedFor = false;
        resolve(pressed);
      };
      const onKey = (text: string | undefined, pressed: Key) => done(nameOf(text, pressed));
      const onGone = () => done(null);
      output.on('resize', tick);
      input.on('keypress', onKey).once('end', onGone);
    });
  }

  async function ask({ words, initial = '', known = [] }: Question): Promise<string | null> {
    isWaitedFor = true;
    output.write(`${SHOW_CURSOR}${WRAP_LONG_LINES}\r\n`);
    const completer = (typed: string) => completions(typed, known);
    const lines = createInterface({ input, output, terminal: true, completer, historySize: 0 });
    const typed = await new Promise<string | null>((resolve) => {
      lines.once('SIGINT', () => resolve(null)).once('close', () => resolve(null));
      lines.question(`${words} `, resolve);
      lines.write(initial);
    });
    lines.close();
    isWaitedFor = false;
    listen();
    return typed?.trim() || null;
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    process.off('exit', close).off('SIGTERM', terminated).off('SIGHUP', hungUp);
    input.off('keypress', onAnyKey).off('end', onEnd);
    input.setRawMode(false);
    input.pause();
    output.write(SCREEN_AS_IT_WAS + SHOW_CURSOR + WRAP_LONG_LINES);
  }

  return { size, paint, key, ask, close };
}

function terminated(): void {
  process.exit(143);
}

function hungUp(): void {
  process.exit(129);
}

function nameOf(text: string | undefined, { ctrl, name }: Key): string {
  if (ctrl && name) return `ctrl-${name}`;
  return text !== undefined && /^\P{Cc}$/u.test(text) ? text : (name ?? '');
}

/** Readline's completer: what fits, and the part of the line that it replaces. */
function completions(typed: string, known: readonly string[]): [string[], string] {
  const part = /[^,\s]*$/.exec(typed)?.[0] ?? '';
  return [known.filter((word) => word.startsWith(part)), part];
}
