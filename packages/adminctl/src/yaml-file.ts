/** Files that people write, checked as the daemon will check what is in them. */
import { type FieldError, Problem } from '@receptionist/core';
import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml';
import { CommandError } from './failure.ts';

/** The daemon takes 100 kB as JSON; comments and indentation may add to that. */
const MOST_CHARACTERS = 1_000_000;

export interface FileKind {
  /** What one document of it is. */
  noun: string;
  /** A file that shows every member. */
  example: string;
  /** @throws Problem with every mistake in `errors` */
  check: (content: unknown) => void;
}

/**
 * Every document of a file (they are parted by `---`) as it stands there, once `check` has found it to be a T.
 * @throws CommandError `invalid_body` with file and line of each mistake
 */
export function readDocuments<T>(text: string, file: string, kind: FileKind): T[] {
  if (text.length > MOST_CHARACTERS)
    throw new CommandError('invalid_body', `${file} is too large for a ${kind.noun}.`);
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })];
  const places = { file, lines };
  const broken = documents.flatMap(({ errors }) => errors);
  const mistakes = broken.map(({ message, pos }) => `${place(places, pos[0])}: ${message}`);
  if (mistakes.length > 0) throw misfit(mistakes, kind);
  if (documents.length === 0) throw new CommandError('invalid_body', `${file} holds no ${kind.noun}.`);
  return documents.map((document) => readDocument(document, places, kind));
}

export function misfit(mistakes: readonly string[], { example }: FileKind): CommandError {
  return new CommandError(
    'invalid_body',
    mistakes.length === 1 ? (mistakes[0] ?? '') : `The file does not fit:\n  ${mistakes.join('\n  ')}`,
    `Nothing was sent. ${example} has every member.`,
  );
}

interface Places {
  file: string;
  lines: LineCounter;
}

function readDocument<T>(document: Document, places: Places, kind: FileKind): T {
  const content = toPlain(document, places, kind);
  try {
    kind.check(content);
    return content as T;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const mistakes = error.errors.map((mistake) => described(mistake, document, places));
    throw misfit(mistakes, kind);
  }
}

/** yaml refuses a file whose aliases would unfold into millions of nodes. */
function toPlain(document: Document, { file }: Places, kind: FileKind): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw misfit([`${file}: ${error instanceof Error ? error.message : error}`], kind);
  }
}

function described({ path, message }: FieldError, document: Document, places: Places): string {
  const { node, offset } = deepest(document, path.split('.'));
  const quotes = typeof node === 'number' && /string/.test(message) ? ' Put it in quotes.' : '';
  return `${place(places, offset)}: ${path ? `${path}: ` : ''}${message}${quotes}`;
}

/** What stands at the path, or at the nearest part of it that is there. */
function deepest(document: Document, path: string[]): { node: unknown; offset: number } {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return { node: node.toJSON(), offset: node.range[0] };
  }
  return { node: undefined, offset: document.range?.[0] ?? 0 };
}

function place({ file, lines }: Places, offset: number): string {
  return `${file}:${lines.linePos(offset).line}`;
}
