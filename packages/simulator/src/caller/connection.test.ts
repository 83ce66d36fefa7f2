import { expect, test } from 'vitest';
import { readOverrides, TWILIO_CONNECTION } from './connection.ts';

const read = (fragment: string) => readOverrides(`https://a.test/voice?x=1${fragment}`, TWILIO_CONNECTION);

test('without a fragment Twilio has its defaults', () => {
  expect(read('')).toEqual({ url: 'https://a.test/voice?x=1', connection: TWILIO_CONNECTION });
});

test('the fragment is cut off and read', () => {
  expect(read('#ct=2000&rt=4000&tt=9000&rc=2&rp=5xx,ct,rt')).toEqual({
    url: 'https://a.test/voice?x=1',
    connection: {
      connectTimeoutMs: 2000,
      readTimeoutMs: 4000,
      totalMs: 9000,
      retries: 2,
      retryOn: ['5xx', 'ct', 'rt'],
    },
  });
});

test('"all" retries whatever can fail', () => {
  expect(read('#rp=all').connection.retryOn).toEqual(['4xx', '5xx', 'ct', 'rt']);
});

test.each(['#rt=99', '#rt=15001', '#ct=10001', '#tt=x', '#rc=6', '#rc=-1', '#rc=', '#nonsense=1'])(
  '%s keeps the defaults',
  (fragment) => {
    expect(read(fragment).connection).toEqual(TWILIO_CONNECTION);
  },
);
