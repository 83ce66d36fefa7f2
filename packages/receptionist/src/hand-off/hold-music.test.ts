import { expect, it } from 'vitest';
import { HOLD_MUSIC_SECONDS, holdMusic } from './hold-music.ts';

const wav = holdMusic();
const samples = Array.from({ length: (wav.length - 44) / 2 }, (_, index) => wav.readInt16LE(44 + index * 2));

it('is a WAV file as telephones take it: PCM, 8 kHz, 16 bits, mono', () => {
  expect([wav.toString('ascii', 0, 4), wav.toString('ascii', 8, 16)]).toEqual(['RIFF', 'WAVEfmt ']);
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24)]).toEqual([1, 1, 8_000]);
  expect([wav.readUInt32LE(28), wav.readUInt16LE(32), wav.readUInt16LE(34)]).toEqual([16_000, 2, 16]);
  expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  expect(samples).toHaveLength(HOLD_MUSIC_SECONDS * 8_000);
});

it('is nowhere silent for 100 ms, and nowhere loud', () => {
  const tenths = Array.from({ length: samples.length / 800 }, (_, index) =>
    Math.max(...samples.slice(index * 800, (index + 1) * 800).map(Math.abs)),
  );
  expect(Math.min(...tenths)).toBeGreaterThan(500);
  expect(Math.max(...tenths)).toBeLessThan(32_767 / 3);
});

it('does not click where it begins again', () => {
  expect(Math.abs((samples.at(-1) ?? 0) - (samples[0] ?? 0))).toBeLessThan(200);
});
