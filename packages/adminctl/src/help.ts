/** Help that begins with examples, and a first screen by task. */
import { type Command, CommandHelp, Errors, Help } from '@oclif/core';
import { ROOT_HELP } from './help-texts.ts';

class CommandInFewLines extends CommandHelp {
  protected override sections() {
    const sections = super.sections();
    const isFirst = ({ header }: { header: string }) => header === 'EXAMPLES';
    return [...sections.filter(isFirst), ...sections.filter((section) => !isFirst(section))];
  }

  /** Only what must be there; the flags are listed below. */
  protected override defaultUsage(): string {
    const { id, args, flags } = this.command;
    const places = Object.values(args).map((arg) => this.arg(arg) + (arg.multiple ? '...' : ''));
    const required = Object.values(flags).filter((flag) => flag.required);
    return [id, ...places, ...required.map(asTyped), '[FLAGS]'].join(' ');
  }

  /** The summary stands in the first line already. */
  protected override description(): string | undefined {
    return this.command.description && this.wrap(this.command.description);
  }
}

/** For example `--plan PLAN`. */
export function asTyped(flag: Command.Flag.Any): string {
  if (flag.type === 'boolean') return `--${flag.name}`;
  return `--${flag.name} ${flag.helpValue ?? flag.options?.join('|') ?? 'VALUE'}`;
}

export default class AdminHelp extends Help {
  protected override CommandHelpClass = CommandInFewLines;

  override async showHelp(argv: string[]): Promise<void> {
    try {
      await super.showHelp([...argv]);
    } catch (error) {
      // The one thing it complains of: no command has that name.
      if (!(error instanceof Errors.CLIError)) throw error;
      const { unknownCommand } = await import('./usage.ts');
      throw unknownCommand(
        namedIn(argv),
        this.config.commandIDs.map((id) => id.replaceAll(':', ' ')),
      );
    }
  }

  protected override async showRootHelp(): Promise<void> {
    this.log(ROOT_HELP.trimEnd());
  }
}

function namedIn(argv: string[]): string {
  const firstFlag = argv.findIndex((word) => word.startsWith('-'));
  return argv
    .slice(0, firstFlag < 0 ? argv.length : firstFlag)
    .join(' ')
    .replaceAll(':', ' ');
}
