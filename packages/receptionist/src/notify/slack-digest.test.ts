import { describe, expect, it } from 'vitest';
import { slackDigest } from './slack-digest.ts';
import { buttonsIn, HELD, listed, markupIn, RESOLVED } from './slack-examples.ts';

const INTERACTIVE = { interactive: true };
const FRAME = { mention: '<!here> ', remarks: [] };

describe('many entries in one message', () => {
  it('calls once, names each and lets each be taken', () => {
    const { text, blocks } = slackDigest(listed(45), INTERACTIVE, FRAME);
    expect(text).toBe('<!here> 45 callers need a human (45 critical)');
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(markupIn(blocks).match(/<[^>]*>/g)).toEqual(['<!here>']);
    expect(buttonsIn(blocks)).toHaveLength(45);
    for (const { entry } of listed(45))
      expect(markupIn(blocks)).toContain(`adminctl fallback show ${entry.entry_id}`);
  });

  it('holds 400, and leaves none out, with blocks or without', () => {
    const many = listed(400, { reason: 'caller_asked_for_human', ...HELD });
    const { blocks, withoutBlocks } = slackDigest(many, INTERACTIVE, FRAME);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) expect(markupIn([block]).length).toBeLessThanOrEqual(3_000);
    expect(withoutBlocks.length).toBeLessThanOrEqual(40_000);
    for (const { entry } of many)
      for (const words of [markupIn(blocks), withoutBlocks]) expect(words).toContain(entry.entry_id);
  });

  it('shows who is still waited for', () => {
    const { text, blocks } = slackDigest(
      [...listed(1), ...listed(2, HELD), ...listed(1, RESOLVED)],
      INTERACTIVE,
    );
    expect(text).toBe('1 of 4 callers still need a human (1 critical)');
    expect(buttonsIn(blocks)).toEqual(['acknowledge']);
    expect(slackDigest(listed(3, RESOLVED), INTERACTIVE).text).toBe('3 callers: nobody waits any more');
  });
});
