import type { EntryWithHistory } from '@receptionist/core';
import { expect, test } from 'vitest';
import { entryInWords } from './fallback-words.ts';
import { anEntry, later } from './live/an-entry.ts';

const withContext = (more: object): EntryWithHistory => ({
  ...anEntry('fb_01kagv7k2m9q'),
  context: { summary: 'a crown fell out', live: false, call_sid: null, slots: {}, transcript: [], ...more },
  notifications: [],
  timeline: [],
});

test('a recording has its time, its length and where it is; one that is not there yet says so', () => {
  const recording = { recording_id: 'RE1', url: 'https://api.example/RE1', at: '2026-11-24T18:00:00.000Z' };
  const entry = withContext({
    recordings: [
      { ...recording, duration_s: 12, status: 'completed' },
      { ...recording, duration_s: null, status: 'in_progress' },
    ],
  });
  expect(entryInWords(entry, '7k2m9q', later(60))).toContain(`What was recorded
  2026-11-24 18:00:00 UTC, 12 s, https://api.example/RE1
  2026-11-24 18:00:00 UTC, in progress, https://api.example/RE1
`);
});

test('what another version says of recordings is left out, not guessed', () => {
  expect(entryInWords(withContext({ recordings: 'none' }), '7k2m9q', later(60))).not.toContain('recorded');
});
