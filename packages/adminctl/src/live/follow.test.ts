import { type StreamMessage, Unreachable } from '@receptionist/admin-api';
import { Problem } from '@receptionist/core';
import { expect, test } from 'vitest';
import { anEntry, START } from './an-entry.ts';
import { type Connection, followEntries } from './follow.ts';

const opened: StreamMessage = { kind: 'opened' };
const heartbeat = (position: string): StreamMessage => ({ kind: 'heartbeat', position });
const begin = (kind: 'ready' | 'reset', position: string): StreamMessage => ({ kind, position });
const news = (position: string): StreamMessage => ({
  kind: 'entry',
  position,
  news: {
    event: { at: START.toISOString(), actor: 'lex', action: 'noted', detail: position },
    entry: anEntry('fb_a'),
  },
});
const away = new Unreachable('http://daemon', 'Cannot reach it.');

/** Each connection by what comes over it; the last one stays open until it is ended. */
async function follow(connections: (StreamMessage | Error)[][], listing: (() => Promise<void>)[] = []) {
  const ended = new AbortController();
  const happened: string[] = [];
  let left = connections;
  const following = followEntries({
    client: {
      async *follow({ after } = {}) {
        happened.push(`asked after ${after}`);
        const [now = [], ...others] = left;
        left = others;
        if (others.length === 0) ended.abort();
        for (const message of now) {
          if (message instanceof Error) throw message;
          yield message;
        }
      },
    },
    tenant_id: undefined,
    follower: {
      connection: (connection) => happened.push(inWords(connection)),
      begin: async ({ missed }) => {
        await listing.shift()?.();
        happened.push(missed ? 'listed anew' : 'listed');
      },
      news: ({ event }) => happened.push(`news ${event.detail}`),
    },
    signal: ended.signal,
    now: () => START,
    wait: async (ms) => happened.push(`waited ${ms}`),
  });
  const failure = await following.then(
    () => null,
    (error: Error) => error.message,
  );
  return { happened, failure };
}

function inWords(connection: Connection): string {
  return connection.state === 'lost' ? `lost: ${connection.why}` : connection.state;
}

test('goes on where it was, after a stream that ended and after one that broke', async () => {
  const { happened } = await follow([
    [opened, begin('ready', '7'), news('8')],
    [opened, news('9'), heartbeat('12'), away],
    [opened, news('13')],
  ]);
  expect(happened.filter((what) => !what.startsWith('conn'))).toEqual([
    ...['asked after null', 'listed', 'news 8', 'waited 250'],
    ...['asked after 8', 'news 9', 'lost: Cannot reach it.', 'waited 1000'],
    ...['asked after 12', 'news 13', 'waited 250'],
  ]);
});

test('waits longer each time, but no longer than ten seconds, and begins anew once it was connected', async () => {
  const { happened } = await follow([[opened], ...Array(5).fill([away]), [opened, away], [opened]]);
  expect(happened.filter((what) => what.startsWith('waited'))).toEqual([
    'waited 250',
    ...['waited 1000', 'waited 2000', 'waited 4000', 'waited 8000', 'waited 10000'],
    ...['waited 1000', 'waited 250'],
  ]);
});

test('where what is known could not be listed, it is listed again', async () => {
  const failing = [() => Promise.reject(away), async () => {}];
  const { happened } = await follow(
    [
      [opened, begin('ready', '7')],
      [opened, begin('ready', '9')],
    ],
    failing,
  );
  expect(happened).toContain('listed');
  expect(happened.filter((what) => what.startsWith('asked'))).toEqual([
    'asked after null',
    'asked after null',
  ]);
});

test('what is too old to be told is listed anew', async () => {
  const { happened } = await follow([
    [opened, begin('ready', '7')],
    [opened, begin('reset', '90000')],
  ]);
  expect(happened).toContain('listed anew');
});

test.each([
  ['a daemon that was never there', [[away]], 'Cannot reach it.'],
  ['a key that is no longer accepted', [[opened], [new Problem('unauthorized', 'No.')]], 'No.'],
])('%s ends it', async (_, connections, message) => {
  expect((await follow([...connections, []])).failure).toBe(message);
});
