/** Many entries in one message: none is left out, each is named by its id. */
import type { ListedEntry } from './notifier.ts';
import type { Frame } from './slack-alert.ts';
import { acknowledgeButton, type Looks } from './slack-buttons.ts';
import { type Block, plain, type SlackContent, said, section } from './slack-markup.ts';
import { markOf, stateOf } from './slack-state.ts';
import { reasonInWords, SEVERITY_NAMES } from './words.ts';

/** A message has at most 50 blocks: the title, a sentence, and a section for each entry. More are told in lines. */
const MOST_WITH_BUTTONS = 45;
/** Of a section, in characters. */
const LONGEST_SECTION = 3_000;
/** So that the 400 lines of the largest group fit 48 sections, and the 40,000 characters of a text without blocks. */
const LONGEST_NAME = 20;

const HOW_TO_OPEN = 'Open one with `adminctl fallback show ID`; take one with `adminctl fallback ack ID`.';

export function slackDigest(
  entries: readonly ListedEntry[],
  { interactive }: Pick<Looks, 'interactive'>,
  { mention, remarks }: Frame = { mention: '', remarks: [] },
): SlackContent {
  const title = titleOf(entries);
  const lines = entries.map(lineOf);
  const about = [...remarks, HOW_TO_OPEN].join(' ');
  const list =
    entries.length <= MOST_WITH_BUTTONS
      ? entries.map((listed) => sectionOf(listed, interactive))
      : inSections(lines);
  return {
    text: `${mention}${said(title)}`,
    blocks: [{ type: 'header', text: plain(title, 150) }, section(`${mention}${about}`), ...list],
    withoutBlocks: [`${mention}${said(title)}. ${about}`, ...lines].join('\n'),
  };
}

function titleOf(entries: readonly ListedEntry[]): string {
  const open = entries.filter(({ entry }) => entry.status === 'open');
  const critical = open.filter(({ entry }) => entry.severity === 'critical').length;
  const graver = critical > 0 ? ` (${critical} critical)` : '';
  if (open.length === 0) return `${entries.length} callers: nobody waits any more`;
  if (open.length === entries.length) return `${entries.length} callers need a human${graver}`;
  return `${open.length} of ${entries.length} callers still need a human${graver}`;
}

function sectionOf({ entry, tenant }: ListedEntry, interactive: boolean): Block {
  const { entry_id, severity, caller } = entry;
  const who = `${markOf(entry)} *${said(tenant, 60)}* ${SEVERITY_NAMES[severity].toLowerCase()}: ${said(caller ?? 'number withheld')}`;
  const text = `${who} ${said(reasonInWords(entry), 100)}\n${stateOf(entry)}\n\`adminctl fallback show ${entry_id}\``;
  const canBeTaken = interactive && entry.status === 'open';
  return canBeTaken ? { ...section(text), accessory: acknowledgeButton(entry) } : section(text);
}

function lineOf({ entry, tenant }: ListedEntry): string {
  const { entry_id, severity, status, reason } = entry;
  const state = status === 'open' ? severity : status;
  return `${markOf(entry)} ${entry_id} ${state}, ${reason}, ${said(tenant, LONGEST_NAME)}`;
}

/** As many lines in each section as it holds. */
function inSections(lines: readonly string[]): Block[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= LONGEST_SECTION)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(section);
}
