const MOST = 3;

/** The first few, and how many there are besides. */
export function some(words: readonly string[], separator = ', '): string {
  const others = words.length - MOST;
  const first = words.slice(0, MOST).join(separator);
  return others > 0 ? `${first} and ${others} more` : first;
}
