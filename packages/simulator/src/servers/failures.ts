/** A simulated server is told to fail: how, and how often. */
import type { Answer } from './loopback.ts';

/** What can go wrong with any server, or on the way to it. */
export type Breakdown =
  | 'http_500'
  /** The connection is reset before an answer. */
  | 'refuse'
  /** No answer, and nothing was done. */
  | 'hang'
  /** HTTP 200 with a web page, as a proxy in between answers. */
  | 'html';

export interface Repetition {
  /** Requests that fail; 1 if left out. */
  times?: number;
  /** Fail until recover() is called. */
  untilCleared?: boolean;
}

export interface FailurePlan<Failure extends Repetition> {
  /** Failures that are told one after another happen one after another. */
  fail: (failure: Failure) => void;
  recover: () => void;
  /** The failure that the present request meets, which is used up by it. */
  next: () => Failure | null;
}

export function createFailurePlan<Failure extends Repetition>(): FailurePlan<Failure> {
  let planned: { failure: Failure; left: number }[] = [];
  return {
    fail: (failure) => {
      planned.push({ failure, left: failure.untilCleared ? Number.POSITIVE_INFINITY : (failure.times ?? 1) });
    },
    recover: () => {
      planned = [];
    },
    next: () => {
      const [first] = planned;
      if (!first) return null;
      first.left -= 1;
      if (first.left <= 0) planned.shift();
      return first.failure;
    },
  };
}

export function breakDown(how: Breakdown): Answer {
  switch (how) {
    case 'http_500':
      return { status: 500, body: 'Internal Server Error' };
    case 'refuse':
      return 'reset';
    case 'hang':
      return 'hang';
    case 'html':
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<html><body>Bad gateway</body></html>',
      };
  }
}
