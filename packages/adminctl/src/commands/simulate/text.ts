import { Flags, type Interfaces } from '@oclif/core';
import type {
  ConversationEvent,
  Script,
  ScriptFailure,
  Spoken,
  TextThread,
  TwilioProblem,
} from '@receptionist/simulator/caller';
import { AdminCommand, type GlobalFlags } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { tenantFlag } from '../../named-flags.ts';
import { numberToReach, phoneNumber } from '../../numbers.ts';
import { lineFrom, playable, refuseUnlessAnswered, typeTexts } from '../../simulated-call.ts';
import { readText, someoneIsThere } from '../../stdin.ts';
import { printable } from '../../table.ts';

type TextFlags = GlobalFlags & Interfaces.InferredFlags<typeof SimulateText.flags>;

export default class SimulateText extends AdminCommand {
  static override summary = 'Text a tenant without a phone: you type, it answers';
  static override description = [
    'Each line is a text; Ctrl-D ends it. In a script "? we open at" is what must have come back,',
    'and [photo https://example.com/tooth.jpg] is a picture.',
    'The requests are signed as Twilio signs them, with TWILIO_AUTH_TOKEN, for PUBLIC_URL.',
  ].join('\n');
  static override examples = [
    'adminctl simulate text --tenant t1',
    'adminctl simulate text --tenant t1 --script opening-hours.txt',
    'echo "when are you open" | adminctl simulate text --to +15005550006 --whatsapp --script -',
  ];
  static override flags = {
    tenant: tenantFlag({ description: 'text the first number of this tenant', exactlyOne: ['tenant', 'to'] }),
    to: Flags.string({ description: 'text this number', helpValue: 'NUMBER' }),
    from: Flags.string({ description: 'number of the phone', helpValue: 'NUMBER', default: '+14155550123' }),
    whatsapp: Flags.boolean({ description: 'over WhatsApp instead of SMS' }),
    script: Flags.string({ description: 'send this file; - reads stdin', helpValue: 'FILE' }),
  };

  override async run() {
    const { flags } = await this.parse(SimulateText);
    const script = await this.#script(flags);
    const { thread, publicUrl } = await this.#open(flags, { someoneTypes: script === null });
    if (!script) {
      if (!(await typeTexts(thread, publicUrl))) throw new CommandError('interrupted', 'Left.');
      return this.#report(thread, []);
    }
    const { playScript } = await import('@receptionist/simulator/caller');
    const { failures } = await playScript(thread, script);
    if (thread.requests.length > 0) refuseUnlessAnswered(thread, publicUrl);
    for (const spoken of thread.transcript) this.#tellWords(spoken);
    for (const problem of thread.problems) this.#tellProblem(problem);
    return this.#report(thread, failures);
  }

  /** Null: a person types. */
  async #script(flags: TextFlags): Promise<Script | null> {
    if (flags.script === undefined) {
      if (someoneIsThere() && !flags['no-input']) return null;
      throw new CommandError(
        'usage',
        'There is no terminal to type on.',
        'Give a script: --script FILE, or --script -',
      );
    }
    const { parseScript } = await import('@receptionist/simulator/caller');
    return playable(parseScript(await readText(flags.script), 'texts'), flags.script);
  }

  async #open(flags: TextFlags, { someoneTypes }: { someoneTypes: boolean }) {
    const { createTwilio } = await import('@receptionist/simulator/caller');
    const line = lineFrom(this.settings(flags));
    const { publicUrl } = line;
    const twilio = createTwilio({
      ...line,
      voiceUrl: `${publicUrl}/twilio/webhook`,
      messageUrl: `${publicUrl}/twilio/webhook`,
      messageStatusCallbackUrl: `${publicUrl}/twilio/status/message`,
      extraParameters: { Simulated: 'true' },
    });
    const thread = twilio.openTexts({
      from: phoneNumber(flags.from),
      to: await numberToReach(() => this.client(flags), flags),
      channel: flags.whatsapp ? 'whatsapp' : 'sms',
      onEvent: (event) => someoneTypes && this.#tell(event),
    });
    return { thread, publicUrl };
  }

  /** What the person types is on the screen already. */
  #tell(event: ConversationEvent): void {
    if (event.event === 'said' && event.speaker === 'receptionist') this.#tellWords(event);
    if (event.event === 'problem') this.#tellProblem(event.problem);
  }

  #tellWords({ speaker, text }: Spoken): void {
    this.log(`${speaker}: ${printable(text)}`);
  }

  #tellProblem({ code, words }: TwilioProblem): void {
    this.logToStderr(`Twilio ${code}: ${words}`);
  }

  /** The answer is "no" when an expectation failed, or Twilio would have logged an error. */
  #report({ from, to, transcript, replies, problems }: TextThread, failures: ScriptFailure[]) {
    const ok = failures.length === 0 && problems.every(({ level }) => level === 'warning');
    for (const { line, message } of failures) this.logToStderr(`Line ${line}: ${message}`);
    if (!ok) process.exitCode = 7;
    const sent = replies.map(({ messageSid, body, media, status, errorCode }) => ({
      message_sid: messageSid,
      ...{ body, media, status },
      error_code: errorCode,
    }));
    return { ok, from, to, transcript, replies: sent, failures, problems };
  }
}
