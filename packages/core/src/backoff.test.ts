import { describe, expect, it } from 'vitest';
import { nextAttemptAt } from './backoff.ts';

const now = '2026-11-23T18:00:00.000Z';

function seconds(attempts: number, retryAfterSeconds: number | null, jitter: number): number {
  return (Date.parse(nextAttemptAt({ attempts, now, retryAfterSeconds, jitter })) - Date.parse(now)) / 1000;
}

describe('nextAttemptAt', () => {
  it('doubles from one second to a minute', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 5000].map((attempts) => seconds(attempts, null, 0))).toEqual([
      1, 1, 2, 4, 8, 16, 32, 60, 60, 60,
    ]);
  });

  it('takes up to half off', () => {
    expect([seconds(3, null, 0.5), seconds(3, null, 1)]).toEqual([3, 2]);
  });

  it('is when the other side wants it, however often it was tried', () => {
    expect([seconds(1, 30, 1), seconds(1, 300, 0), seconds(8, 5, 0)]).toEqual([30, 300, 5]);
  });
});
