/**
 * What a caller hears while phones ring: four soft chords, made here so that it is nobody else's. 15 s, 8 kHz, 16 bits, mono
 * (telephones carry no more), and it begins and ends alike, because it is played again and again.
 */

const RATE = 8_000;
export const HOLD_MUSIC_SECONDS = 15;
/** Of full scale: it must not shout over the words that interrupt it. */
const LOUDNESS = 0.22;

/** Hz; C, A minor, F, G. */
const CHORDS: readonly (readonly number[])[] = [
  [261.63, 329.63, 392.0, 523.25],
  [220.0, 261.63, 329.63, 440.0],
  [174.61, 220.0, 261.63, 349.23],
  [196.0, 246.94, 293.66, 392.0],
];
const CHORD_SECONDS = HOLD_MUSIC_SECONDS / CHORDS.length;
/** Plucked one after the other, up and down. */
const PATTERN = [0, 1, 2, 3, 2, 1];
const NOTE_SECONDS = CHORD_SECONDS / PATTERN.length;
/** Without it every note would begin and end with a click. */
const FADE_SECONDS = 0.02;

/** A WAV file. */
export function holdMusic(): Buffer {
  const samples = Int16Array.from({ length: HOLD_MUSIC_SECONDS * RATE }, (_, index) =>
    Math.round(sampleAt(index / RATE) * LOUDNESS * 32_767),
  );
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) => void data.writeInt16LE(sample, index * 2));
  return Buffer.concat([header(data.length), data]);
}

/** -1 to 1. */
function sampleAt(seconds: number): number {
  const chord = CHORDS[Math.floor(seconds / CHORD_SECONDS)] ?? [];
  const inChord = seconds % CHORD_SECONDS;
  const note = PATTERN[Math.floor(inChord / NOTE_SECONDS)] ?? 0;
  const inNote = inChord % NOTE_SECONDS;
  const pad = chord.reduce((sum, frequency) => sum + tone(frequency, seconds), 0) / CHORDS.length;
  const plucked = tone((chord[note] ?? 0) * 2, seconds) * Math.exp(-3 * inNote) * fade(inNote, NOTE_SECONDS);
  return 0.6 * pad * fade(inChord, CHORD_SECONDS) + 0.4 * plucked;
}

function tone(frequency: number, seconds: number): number {
  return Math.sin(2 * Math.PI * frequency * seconds);
}

/** 0 at both ends of what lasts `length` seconds, 1 in between. */
function fade(seconds: number, length: number): number {
  return Math.min(1, seconds / FADE_SECONDS, (length - seconds) / FADE_SECONDS);
}

/** RIFF WAVE, PCM: http://soundfile.sapp.org/doc/WaveFormat/ */
function header(bytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  return head;
}
