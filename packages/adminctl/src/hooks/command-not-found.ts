import type { Hook } from '@oclif/core';
import { CommandError } from '../failure.ts';

const commandNotFound: Hook.CommandNotFound = async ({ id, config }) => {
  const typed = id.replaceAll(':', ' ');
  if (typed.startsWith('-')) {
    throw new CommandError(
      'usage',
      `Flags stand behind the command: adminctl COMMAND ${typed}`,
      'See adminctl --help',
    );
  }
  const { unknownCommand } = await import('../usage.ts');
  throw unknownCommand(
    typed,
    config.commandIDs.map((command) => command.replaceAll(':', ' ')),
  );
};

export default commandNotFound;
