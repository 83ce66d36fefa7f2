import { Flags, type Interfaces } from '@oclif/core';
import { type AdminClient, ROUTES } from '@receptionist/admin-api';
import { CALLER_REASONS, type CallerReason, Problem } from '@receptionist/core';
import { AdminCommand, type GlobalFlags } from '../../base-command.ts';
import { CommandError, explain, inWords } from '../../failure.ts';
import { shortIds } from '../../ids.ts';
import { type Draft, type Lesson, lessonFrom, lessonInWords, teach } from '../../learning/lesson.ts';
import { type Replayed, verdictInWords } from '../../learning/replay-words.ts';
import { entryId, fullEntryId } from '../../move-command.ts';
import { dryRunFlag } from '../../named-flags.ts';

export default class Learn extends AdminCommand {
  static override summary = 'Teach the receptionist what would have prevented a resolved entry';
  static override description = [
    "Drafts an answer from the caller's words and the notes, or a phrase by which a person is told at once; you change it,",
    'or take nothing. Then the conversation is taken again, to see whether it would still escalate.',
  ].join('\n');
  static override examples = [
    'adminctl fallback learn 7k2m9q',
    'adminctl fallback learn 7k2m9q --answer "Veneers are 900 dollars a tooth." --question "What do veneers cost?"',
    'adminctl fallback learn 7k2m9q --phrase "my crown came off" --reason emergency',
    'adminctl fallback learn 7k2m9q --dry-run',
  ];
  static override args = entryId;
  static override flags = {
    answer: Flags.string({ description: 'the answer', helpValue: 'TEXT', exclusive: ['phrase'] }),
    question: Flags.string({
      description: "to which question [the caller's]",
      helpValue: 'TEXT',
      exclusive: ['phrase'],
    }),
    phrase: Flags.string({ description: 'whoever says so needs a person at once', helpValue: 'TEXT' }),
    reason: Flags.custom<CallerReason>({ options: CALLER_REASONS })({
      description: 'for which reason',
      helpValue: 'REASON',
      dependsOn: ['phrase'],
    }),
    'dry-run': dryRunFlag,
  };

  override async run() {
    const { args, flags } = await this.parse(Learn);
    const client = this.client(flags);
    const entry_id = await fullEntryId(client, args.id);
    const draft = await client.call(ROUTES.getLesson, { params: { entry_id } });
    const lesson = await this.#lesson(draft, flags);
    if (lesson) await this.#teach(client, draft, lesson, flags['dry-run']);
    else this.logToStderr(`Nothing is learned. ${draft.why}`);
    const learned = lesson !== null && !flags['dry-run'];
    const replay = flags['dry-run'] ? null : await this.#replayed(client, entry_id);
    if (replay) this.next(`adminctl fallback replay ${shortIds([entry_id])(entry_id)}`);
    return { entry_id, tenant_id: draft.tenant_id, draft, lesson, learned, replay };
  }

  /** As the flags say, else as a person says, else as it was drafted. Null: nothing. */
  async #lesson(draft: Draft, flags: LearnFlags): Promise<Lesson | null> {
    if (flags.phrase !== undefined) return lessonFrom('phrase', draft, flags);
    if (flags.answer !== undefined || flags.question !== undefined) return lessonFrom('answer', draft, flags);
    if (flags['dry-run'] || flags.yes) return draft.proposed && lessonFrom(draft.proposed, draft, {});
    if (this.mayAsk(flags)) {
      this.logToStderr(draft.why);
      const { askLesson } = await import('../../learning/ask-lesson.ts');
      return askLesson(draft);
    }
    throw new CommandError(
      'usage',
      `Nobody is here to look at the draft. ${draft.why}`,
      'Say --answer TEXT or --phrase TEXT, see the draft with --dry-run, or take it as it is with --yes.',
    );
  }

  async #teach(client: AdminClient, { tenant_id }: Draft, lesson: Lesson, dry_run: boolean): Promise<void> {
    await teach(client, tenant_id, lesson, { dry_run });
    this.log(`${tenant_id} ${dry_run ? 'would learn' : 'has learned'} ${NOUN[lesson.kind]}:`);
    for (const line of lessonInWords(lesson)) this.log(`  ${line}`);
  }

  /** What was learned stands, whether or not there is a conversation to prove it by. */
  async #replayed(client: AdminClient, entry_id: string): Promise<Replayed | null> {
    try {
      const replay = await client.call(ROUTES.replayEntry, { params: { entry_id } });
      this.log(verdictInWords(replay, this.width));
      return replay;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.logToStderr(inWords({ ...explain(error), hint: null }));
      return null;
    }
  }
}

type LearnFlags = Interfaces.InferredFlags<typeof Learn.flags> & GlobalFlags;

const NOUN = { answer: 'an answer', phrase: 'a phrase' } as const;
