import { Flags } from '@oclif/core';
import { type Body, ROUTES, type Routes } from '@receptionist/admin-api';
import type { GlobalFlags } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import type { Ids } from '../../ids.ts';
import { entryIds, fullEntryId, MoveCommand, theEntries } from '../../move-command.ts';
import { givenNotes } from '../../notes.ts';
import { usedTags } from '../../used-tags.ts';

type Resolution = Body<Routes['resolveEntry']>;

export default class Resolve extends MoveCommand {
  static override summary = 'Say that it is done, and how';
  static override description =
    'Without --notes you are asked for them on a terminal, and may choose of the tags that are in use.';
  static override examples = [
    'adminctl fallback resolve 7k2m9q --notes "booked for Tuesday at 10" --tag booking',
    'adminctl fallback resolve 7k2m9q --notes - < call.txt',
    'adminctl fallback list --tag spam -o name | adminctl fallback resolve - --notes "spam"',
  ];
  static override args = entryIds;
  static override flags = {
    notes: Flags.string({ description: 'what was done; - reads it from stdin', helpValue: 'TEXT' }),
    tag: Flags.string({
      description: 'tag to add; may repeat',
      helpValue: 'TAG',
      multiple: true,
      multipleNonGreedy: true,
    }),
  };

  override async run() {
    const { args, flags } = await this.parse(Resolve);
    const { tag: tags = [] } = flags;
    if (flags.notes === undefined && !this.mayAsk(flags)) throw withoutNotes();
    const notes =
      flags.notes === undefined ? null : await givenNotes(flags.notes, { flag: '--notes', ids: args.id });
    const ids = await theEntries(args);
    const body = notes === null ? await this.#asked(ids, tags, flags) : { notes, tags };
    return this.move(ids, flags, (client, entry_id) =>
      client.call(ROUTES.resolveEntry, { params: { entry_id }, body }),
    );
  }

  async #asked({ ids }: Ids, tags: string[], flags: GlobalFlags): Promise<Resolution> {
    const client = this.client(flags);
    const entry_ids = await Promise.all(ids.map((id) => fullEntryId(client, id)));
    const offered = tags.length > 0 ? [] : await usedTags(client, entry_ids);
    const { askResolution } = await import('../../ask-resolution.ts');
    return askResolution({ tags, offered });
  }
}

function withoutNotes(): CommandError {
  return new CommandError(
    'usage',
    '--notes is missing: an entry is resolved with a word on what was done.',
    'For example: --notes "called back, booked for Tuesday at 10"',
  );
}
