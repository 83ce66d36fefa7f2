/** How many columns of a terminal text takes, and how it is made to fit. */

/** Drawn over two columns: East Asian wide and full-width characters, and emoji (Unicode, UAX #11). */
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Drawn over the character before. */
const MARK = /^[\p{M}\p{Cf}]/u;
const ONE_COLUMN_EACH = /^[\u0020-\u007e]*$/;

const graphemes = new Intl.Segmenter();

/** What a person sees as one character, and the columns that it takes. */
function* characters(text: string): Generator<[character: string, columns: number]> {
  for (const { segment } of graphemes.segment(text)) {
    yield [segment, WIDE.test(segment) ? 2 : MARK.test(segment) ? 0 : 1];
  }
}

export function columnsOf(text: string): number {
  if (ONE_COLUMN_EACH.test(text)) return text.length;
  let sum = 0;
  for (const [, columns] of characters(text)) sum += columns;
  return sum;
}

/** As much of it as fits, and the rest. */
function split(text: string, width: number): [fits: string, rest: string] {
  if (ONE_COLUMN_EACH.test(text)) return [text.slice(0, width), text.slice(width)];
  let fits = '';
  let sum = 0;
  for (const [character, columns] of characters(text)) {
    sum += columns;
    if (sum > width) break;
    fits += character;
  }
  return [fits, text.slice(fits.length)];
}

export function cut(text: string, width: number): string {
  return columnsOf(text) <= width ? text : `${split(text, width - 1)[0]}…`;
}

export function padded(text: string, width: number): string {
  const fits = cut(text, width);
  return fits + ' '.repeat(Math.max(0, width - columnsOf(fits)));
}

/** In lines that break between words, all but the first indented; only a word longer than a line is broken itself. */
export function wrapped(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  const room = () => Math.max(2, lines.length === 0 ? width : width - indent);
  let line = '';
  const breakLongWord = () => {
    while (columnsOf(line) > room()) {
      const [fits, rest] = split(line, room());
      lines.push(fits);
      line = rest;
    }
  };
  text.split(' ').forEach((word, i) => {
    if (i > 0 && columnsOf(line) + 1 + columnsOf(word) <= room()) {
      // A line that was begun anew begins with a word.
      line += line === '' && lines.length > 0 ? word : ` ${word}`;
    } else {
      if (i > 0) lines.push(line);
      line = word;
    }
    breakLongWord();
  });
  lines.push(line);
  return lines.map((each, i) => (i === 0 ? '' : ' '.repeat(indent)) + each.trimEnd());
}
