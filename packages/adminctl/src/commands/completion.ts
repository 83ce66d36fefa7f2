import { Args } from '@oclif/core';
import { AdminCommand } from '../base-command.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from '../completion/scripts.ts';

export default class Completion extends AdminCommand {
  static override summary = 'The Tab key: commands, flags, tenants and entries, for bash, zsh and fish';
  static override examples = [
    "echo 'source <(adminctl completion bash)' >> ~/.bashrc",
    "echo 'source <(adminctl completion zsh)' >> ~/.zshrc",
    'adminctl completion fish > ~/.config/fish/completions/adminctl.fish',
  ];
  static override args = {
    shell: Args.custom<Shell>({ options: SHELLS })({
      description: SHELLS.join(', '),
      required: true,
      ignoreStdin: true,
    }),
  };

  override async run() {
    const { shell } = (await this.parse(Completion)).args;
    this.log(COMPLETION_SCRIPTS[shell].trimEnd());
    return { shell, script: COMPLETION_SCRIPTS[shell] };
  }
}
