/** A replay for people: what was said then beside what is said today, and whether a person is needed. */
import { styleText } from 'node:util';
import type { Answer, Routes } from '@receptionist/admin-api';
import { printable } from '../table.ts';
import { wrapped } from '../text-width.ts';

export type Replayed = Answer<Routes['replayEntry']>;
type Turn = Replayed['turns'][number];

/** From so many columns on, then and now stand side by side. */
const WIDE = 100;
const NARROWEST = 10;
const INDENT = '    ';
const GAP = '  ';

/** `width`: of the terminal in columns, or undefined where there is none. */
export function replayInWords(replay: Replayed, width?: number): string {
  const { entry_id, tenant_id, channel, turns } = replay;
  const layout = width !== undefined && width >= WIDE ? sideBySide(width) : oneBelowTheOther(width);
  return [
    `${entry_id}  ${tenant_id}, ${channel}`,
    ...layout.heading,
    ...turns.flatMap((turn) => [
      '',
      ...labelled(`${turn.turn}`, heardInWords(turn), width),
      ...layout.of(turn),
    ]),
    '',
    verdictInWords(replay, width),
  ].join('\n');
}

export function verdictInWords({ would_escalate, why }: Replayed, width?: number): string {
  const [colour, headline] = VERDICTS[`${would_escalate}`];
  return lines(`${headline} ${why}`, width)
    .map((line) => styleText(colour, line))
    .join('\n');
}

const VERDICTS = {
  true: ['yellow', 'It would still escalate.'],
  false: ['green', 'It would not escalate any more.'],
  null: ['yellow', 'A replay cannot tell whether it would escalate.'],
} as const;

function heardInWords({ turn, heard }: Turn): string {
  if (heard !== null) return `caller: ${heard}`;
  return turn === 1 ? '(the call comes in)' : '(the caller says nothing)';
}

function wasInWords({ was: { said, decision } }: Turn): string {
  return marked(said, [decision === 'escalate' && 'a person is told']);
}

function nowInWords({ now }: Turn): string {
  if (now === null) return '(over before this turn)';
  const { said, reason, ends, by_model } = now;
  return marked(said, [
    reason && `a person is told: ${reason}`,
    ends && 'hangs up',
    by_model && 'by the model',
  ]);
}

function marked(said: string, marks: (string | false | null)[]): string {
  return [said || '(nothing)', ...marks.filter((mark) => mark).map((mark) => `[${mark}]`)].join(' ');
}

interface Layout {
  heading: string[];
  of: (turn: Turn) => string[];
}

function sideBySide(width: number): Layout {
  const column = Math.floor((width - INDENT.length - GAP.length - 2) / 2);
  const besides = (was: string, now: string, mark: string) => {
    const [left, right] = [lines(was, column), lines(now, column)];
    return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
      const cells = `${(left[row] ?? '').padEnd(column)}${GAP}${row === 0 ? mark : ' '} ${right[row] ?? ''}`;
      return `${INDENT}${cells}`.trimEnd();
    });
  };
  return {
    heading: ['', ...besides('THEN', 'NOW', ' ')],
    of: (turn) => besides(wasInWords(turn), nowInWords(turn), turn.same ? '=' : '*'),
  };
}

function oneBelowTheOther(width: number | undefined): Layout {
  const below = (label: string, text: string) => labelled(`${INDENT}${label}`, text, width);
  return {
    heading: [],
    of: (turn) =>
      turn.same
        ? below('both', nowInWords(turn))
        : [...below('then', wasInWords(turn)), ...below('now*', nowInWords(turn))],
  };
}

/** The lines after the first stand below its text. */
function labelled(label: string, text: string, width: number | undefined): string[] {
  const [first = '', ...rest] = lines(text, width && width - label.length - GAP.length);
  return [`${label}${GAP}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${GAP}${line}`)];
}

function lines(text: string, width: number | undefined): string[] {
  const line = printable(text);
  return width === undefined ? [line] : wrapped(line, Math.max(width, NARROWEST));
}
