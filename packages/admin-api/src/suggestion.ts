/** "Did you mean": the nearest of the known names, for whoever mistyped one. It suggests and never corrects. */

/** Longer words are no typing mistakes of our names, and a comparison costs length times length. */
const LONGEST = 64;

/** The known name nearest to `word`, or null where none is near: a third of the letters may be wrong. */
export function nearest(word: string, known: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  const [best] = [...known]
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.name : null;
}

/** `"coer" is none of: free, core, pro, enterprise. Did you mean "core"?` */
export function notOneOf(word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  const shown = JSON.stringify(word.length > LONGEST ? `${word.slice(0, LONGEST)}…` : word);
  return `${shown} is none of: ${known.join(', ')}.${suggestion === null ? '' : ` Did you mean "${suggestion}"?`}`;
}

/** How many letters to add, drop, change, or swap with the next (optimal string alignment), a row of the table at a time. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : changed;
      row.push(Math.min(changed, swapped, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
