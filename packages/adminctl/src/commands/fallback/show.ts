import { ROUTES } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { entryInWords } from '../../fallback-words.ts';
import { shortIds } from '../../ids.ts';
import { entryId, fullEntryId } from '../../move-command.ts';

export default class Show extends AdminCommand {
  static override summary = 'What the caller wanted, what was said, what was tried, what to do next';
  static override examples = ['adminctl fallback show 7k2m9q'];
  static override args = entryId;

  override async run() {
    const { args, flags } = await this.parse(Show);
    const client = this.client(flags);
    const entry_id = await fullEntryId(client, args.id);
    const entry = await client.call(ROUTES.getEntry, { params: { entry_id } });
    this.log(entryInWords(entry, shortIds([entry_id])(entry_id), new Date(), this.width));
    return entry;
  }
}
