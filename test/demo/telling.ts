/** How the demo speaks to the person who reads it. */
import { styleText } from 'node:util';

const WIDTH = 100;

type Style = Parameters<typeof styleText>[0];

/** Plain where it is not read on a terminal; styleText looks at NO_COLOR and at the stream. */
function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function tell(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function title(text: string): void {
  tell();
  tell(styled('bold', text));
  tell(styled('dim', '─'.repeat(Math.min(WIDTH, [...text].length))));
}

/** A line of a conversation. */
export function line(speaker: 'caller' | 'receptionist', text: string): void {
  const name = speaker === 'caller' ? styled('cyan', '      caller') : styled('green', 'receptionist');
  tell(`${name}  ${text}`);
}

/** A command as it was typed, and what it printed. */
export function command(typed: string, printed: string): void {
  tell();
  tell(styled('yellow', `$ ${typed}`));
  tell(printed.trimEnd().replace(/^/gm, '  '));
}

/** A message as it stands in a channel. */
export function message(channel: string, lines: readonly string[]): void {
  tell();
  tell(styled('magenta', `┌─ Slack, ${channel}`));
  for (const each of lines) tell(`${styled('magenta', '│')} ${each}`);
  tell(styled('magenta', '└─'));
}

export function outcome(right: boolean, text: string): void {
  tell(`${right ? styled('green', '✔') : styled('red', '✘')} ${text}`);
}
