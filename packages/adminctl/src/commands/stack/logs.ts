import { existsSync, readFileSync } from 'node:fs';
import { Args, Flags } from '@oclif/core';
import { AdminCommand } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { logFile } from '../../stack/background.ts';
import type { Compose } from '../../stack/compose.ts';
import { ownServices, withCompose } from '../../stack/stack.ts';

export default class Logs extends AdminCommand {
  static override summary = 'What the services say';
  static override examples = [
    'adminctl stack logs',
    'adminctl stack logs postgres --tail 20',
    'adminctl stack logs -f',
  ];
  static override args = {
    service: Args.string({ description: 'of these alone', multiple: true, ignoreStdin: true }),
  };
  static override flags = {
    follow: Flags.boolean({ char: 'f', description: 'go on as more is said' }),
    tail: Flags.integer({
      description: 'the last lines of each',
      helpValue: 'N',
      default: 100,
      min: 1,
      max: 100_000,
    }),
  };

  override async run() {
    const { args, flags } = await this.parse(Logs);
    const asked = args.service ?? [];
    const sources = await sourcesOf(asked);
    if (flags.follow) {
      if (this.jsonEnabled()) throw new CommandError('usage', '--follow has no end, and --json needs one.');
      return follow(sources, flags.tail);
    }
    const lines = [
      ...sources.files.flatMap((file) => linesIn(readFileSync(file, 'utf8')).slice(-flags.tail)),
      ...linesIn((await sources.compose?.logs(sources.containers, { tail: flags.tail })) ?? ''),
    ];
    for (const line of lines) this.log(line);
    return { lines };
  }
}

interface Sources {
  files: string[];
  /** Null where none of its containers was asked for. */
  compose: Compose | null;
  /** Of Compose; empty: all. */
  containers: string[];
}

async function sourcesOf(asked: string[]): Promise<Sources> {
  const own = (await ownServices()).map(({ name }) => name);
  const files = own.filter((name) => asked.length === 0 || asked.includes(name)).map(logFile);
  const containers = asked.filter((name) => !own.includes(name));
  const onlyOwn = asked.length > 0 && containers.length === 0;
  const compose = onlyOwn ? null : await withCompose({ optional: own.length > 0 }, async (opened) => opened);
  return { files: files.filter((file) => existsSync(file)), compose, containers };
}

async function follow({ files, compose, containers }: Sources, tail: number): Promise<void> {
  const { execa } = await import('execa');
  const lines = String(tail);
  const watch = (program: string, args: string[]) =>
    execa(program, args, { stdin: 'ignore', stdout: 'inherit', stderr: 'inherit', reject: false });
  await Promise.all([
    files.length > 0 && watch('tail', ['-n', lines, '-f', ...files]),
    compose && watch('docker', compose.args('logs', '--follow', '--tail', lines, ...containers)),
  ]);
}

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
