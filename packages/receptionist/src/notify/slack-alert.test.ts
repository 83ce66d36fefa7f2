import { describe, expect, it } from 'vitest';
import { slackAlert } from './slack-alert.ts';
import { alertOf, buttonsIn, ENTRY, HELD, markupIn, RESOLVED } from './slack-examples.ts';

const LOOKS = { runbook: 'docs/runbook.md', interactive: true };
const show = (changes: Partial<typeof ENTRY> = {}, looks = LOOKS) =>
  slackAlert({ ...alertOf().told, entry: { ...ENTRY, ...changes } }, looks).blocks;

describe('the message of an entry', () => {
  it.each([
    ['open', {}, /\*Open\*: acknowledge by/, ['acknowledge', 'assign', 'resolve', 'runbook']],
    ['held', HELD, /\*Acknowledged\* by lex since .*: engage by/, ['assign', 'resolve', 'runbook']],
    ['resolved', RESOLVED, /\*Resolved\* by <@U0KIM> .*: &lt;!here&gt; paid/, ['runbook']],
  ])('shows that it is %s, and what can be done then', (_state, changes, words, buttons) => {
    expect(markupIn(show(changes))).toMatch(words);
    expect(buttonsIn(show(changes))).toEqual(buttons);
  });

  it('has no buttons where nobody would hear of a press', () => {
    expect(buttonsIn(show({}, { ...LOOKS, interactive: false }))).toEqual([]);
  });

  it('opens the runbook where it has an address', () => {
    const urls = (runbook: string) => JSON.stringify(show({}, { ...LOOKS, runbook })).match(/"url":"[^"]*"/g);
    expect(urls('https://wiki.example/runbook')).toEqual(['"url":"https://wiki.example/runbook"']);
    expect(urls('docs/runbook.md')).toBeNull();
  });

  it('names the entry however much there is to say', () => {
    const { text, withoutBlocks } = slackAlert(
      { ...alertOf().told, entry: { ...ENTRY, reason_detail: 'x'.repeat(1_000) } },
      LOOKS,
    );
    for (const words of [text, withoutBlocks]) expect(words).toContain('(fb_1)');
  });
});
