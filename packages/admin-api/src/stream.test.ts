import { expect, test } from 'vitest';
import { createStreamReader, type StreamMessage } from './stream.ts';

const STREAM = [
  'retry: 3000\n\n',
  'id: 7\nevent: ready\ndata: {"position":7}\n\n',
  ':\nid: 7\n\n',
  'id: 8\nevent: entry\ndata: {"event":{"detail":"a: b"}}\n\n',
  'id: 9\nevent: something newer\ndata: {}\n\n',
].join('');

const HEARD = [
  { kind: 'ready', position: '7' },
  { kind: 'heartbeat', position: '7' },
  { kind: 'entry', position: '8', news: { event: { detail: 'a: b' } } },
  { kind: 'heartbeat', position: '9' },
];

test.each([1, 3, 1_000])('is read in pieces of %i characters', (size) => {
  const read = createStreamReader();
  const heard: StreamMessage[] = [];
  for (let at = 0; at < STREAM.length; at += size) heard.push(...read(STREAM.slice(at, at + size)));
  expect(heard).toEqual(HEARD);
});

test('what broke off is no message', () => {
  expect(createStreamReader()('id: 8\nevent: entry\ndata: {"event":')).toEqual([]);
});
