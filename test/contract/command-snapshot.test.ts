/**
 * What other people's scripts are written against: commands, their arguments and flags. An addition is taken over with
 * `bin/test contract -u`; a change or removal breaks those scripts.
 */
import { loadCommands } from 'adminctl';
import { expect, test } from 'vitest';

type Loaded = Awaited<ReturnType<typeof loadCommands>>[number];

test('the commands of adminctl, their arguments and flags', async () => {
  const commands = Object.fromEntries(
    (await loadCommands()).map((command) => [command.id, surface(command)]),
  );
  await expect(`${JSON.stringify(commands, null, 2)}\n`).toMatchFileSnapshot('command-snapshot.snap');
});

function surface({ aliases, args, flags }: Loaded) {
  return {
    aliases,
    args: Object.entries(args).map(([name, { required = false, multiple = false }]) => ({
      name,
      required,
      multiple,
    })),
    flags: Object.entries(flags)
      .map(([name, flag]) => flagSurface(name, flag))
      .sort(),
  };
}

/** For example `--output -o =table|name|json`. */
function flagSurface(name: string, flag: Loaded['flags'][string]): string {
  const { char, required } = flag;
  const value =
    flag.type === 'option' ? ` =${flag.options?.join('|') ?? ''}${flag.multiple ? ' repeats' : ''}` : '';
  return `--${name}${char ? ` -${char}` : ''}${value}${required ? ' required' : ''}`;
}
