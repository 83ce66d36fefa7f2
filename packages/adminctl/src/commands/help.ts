import { Args } from '@oclif/core';
import { AdminCommand } from '../base-command.ts';
import AdminHelp from '../help.ts';
import { TOPICS } from '../help-texts.ts';

export default class Help extends AdminCommand {
  static override summary = 'Help on a command, or on exit-codes, settings, scripts';
  static override examples = ['adminctl help exit-codes', 'adminctl help fallback ack'];
  static override enableJsonFlag = false;
  static override baseFlags = {} as typeof AdminCommand.baseFlags;
  static override args = {
    topic: Args.string({ description: 'a command, or a topic', multiple: true, ignoreStdin: true }),
  };

  override async run() {
    const { topic = [] } = (await this.parse(Help)).args;
    const text = TOPICS[topic.join(' ')];
    if (text) this.log(text.trimEnd());
    else await new AdminHelp(this.config).showHelp(topic);
  }
}
