import { expect, test } from 'vitest';
import { findButtons, findLinks, findMentions, readLines } from './slack-reading.ts';

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const plain = (text: string) => ({ type: 'plain_text', text });

const ALERT = [
  { type: 'header', text: plain('Critical: Northside & Co') },
  { type: 'section', text: mrkdwn('<!here> *A caller waits* on the line\n&gt; "book <b>me&lt;/b&gt;"') },
  { type: 'section', fields: [mrkdwn('*Caller*\n+14155550123'), mrkdwn('*Entry*\n`fb_a_b_c`')] },
  { type: 'divider' },
  {
    type: 'actions',
    elements: [
      { type: 'button', text: plain('Acknowledge'), action_id: 'ack', value: 'fb_1' },
      { type: 'button', text: plain('Runbook'), url: 'https://a.test/run?a=1&b=2' },
    ],
  },
  { type: 'context', elements: [mrkdwn('See <https://a.test/x?a=1&amp;b=2|the page>'), plain('now')] },
];

test('blocks read line by line', () => {
  expect(readLines('ignored', ALERT)).toEqual([
    'Critical: Northside & Co',
    '@here A caller waits on the line',
    '| "book <b>me</b>"',
    'Caller: +14155550123',
    'Entry: fb_a_b_c',
    '———',
    '[Acknowledge] [Runbook: https://a.test/run?a=1&b=2]',
    'See the page (https://a.test/x?a=1&b=2) now',
  ]);
});

test('without blocks the text is read', () => {
  expect(readLines('*Two*\n_lines_ of fb_a_b and 2*3*4', [])).toEqual(['Two', 'lines of fb_a_b and 2*3*4']);
});

test('buttons, links and mentions are found', () => {
  expect(findButtons(ALERT)).toEqual([
    { label: 'Acknowledge', action_id: 'ack', value: 'fb_1', url: null },
    { label: 'Runbook', action_id: null, value: null, url: 'https://a.test/run?a=1&b=2' },
  ]);
  expect(findLinks('', ALERT)).toEqual(['https://a.test/x?a=1&b=2', 'https://a.test/run?a=1&b=2']);
  expect(findMentions('', ALERT)).toEqual(['here']);
});

test('users and groups are mentioned by id; escaped words mention nobody', () => {
  expect(findMentions('<@U123> <!subteam^S9|@oncall> <@U123> &lt;!channel&gt;', [])).toEqual(['U123', 'S9']);
  expect(findMentions('', [{ type: 'section', text: plain('<!channel>') }])).toEqual([]);
});
