/** docs/adminctl.md, made of the commands themselves. */
import { type Command, Config } from '@oclif/core';
import { AdminCommand } from './base-command.ts';
import { asTyped } from './help.ts';
import { ROOT_HELP, TOPICS } from './help-texts.ts';

/** Every command that people type, as oclif knows it, in the order of their names. */
export async function loadCommands(): Promise<Command.Loadable[]> {
  const config = await Config.load(import.meta.dirname);
  return config.commands.filter(({ hidden }) => !hidden).sort((a, b) => a.id.localeCompare(b.id));
}

export async function renderReference(): Promise<string> {
  const commands = await loadCommands();
  return [
    '# adminctl',
    'Generated from the commands: `node scripts/generate-docs.ts`.',
    fenced(ROOT_HELP),
    ...Object.values(TOPICS).map(fenced),
    '## Flags of every command',
    bullets(flagsOf(AdminCommand.baseFlags)),
    ...commands.map(section),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function section(command: Command.Loadable): string {
  const name = `adminctl ${command.id.replaceAll(':', ' ')}`;
  const own = Object.fromEntries(
    Object.entries(command.flags).filter(([flag]) => !(flag in AdminCommand.baseFlags)),
  );
  return [
    `## ${name}`,
    `${command.summary}.`,
    command.description,
    fenced((command.examples ?? []).join('\n')),
    bullets([...argsOf(command), ...flagsOf(own)]),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function argsOf({ args }: Command.Loadable): string[] {
  return Object.entries(args).map(([name, { required, multiple, description }]) => {
    const label = name.toUpperCase() + (multiple ? '…' : '');
    return `\`${required ? label : `[${label}]`}\` ${description}`;
  });
}

function flagsOf(flags: Record<string, Command.Flag.Any>): string[] {
  return Object.entries(flags).map(([name, flag]) => {
    const short = flag.char ? `-${flag.char}, ` : '';
    const typed = `\`${short}${asTyped({ ...flag, name })}\``;
    return `${typed} ${flag.description ?? ''}${flag.required ? ' (required)' : ''}`;
  });
}

function bullets(lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function fenced(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``;
}
