/**
 * MurmurHash3, x86, 32 bits. https://github.com/aappleby/smhasher/wiki/MurmurHash3
 * Of a text in ASCII, as flags and tenants are named: one character is one byte. 0 to 2^32 - 1.
 */
export function murmur3(text: string, seed = 0): number {
  let hash = seed;
  const whole = text.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    hash ^= scrambled(
      text.charCodeAt(at) |
        (text.charCodeAt(at + 1) << 8) |
        (text.charCodeAt(at + 2) << 16) |
        (text.charCodeAt(at + 3) << 24),
    );
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = text.length - 1; at >= whole; at--) rest = (rest << 8) | text.charCodeAt(at);
  hash ^= scrambled(rest) ^ text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scrambled(block: number): number {
  const once = Math.imul(block, 0xcc9e2d51);
  return Math.imul((once << 15) | (once >>> 17), 0x1b873593);
}
