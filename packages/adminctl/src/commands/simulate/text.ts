import { Flags, type Interfaces } from '@oclif/core';
import type { ScriptFailure, TextThread } from '@receptionist/simulator/caller';
import type { GlobalFlags } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { tenantFlag } from '../../named-flags.ts';
import { numberToReach, phoneNumber } from '../../numbers.ts';
import { SimulateCommand } from '../../simulate-command.ts';
import { lineFrom, refuseUnlessAnswered, typeTexts } from '../../simulated-call.ts';

type TextFlags = GlobalFlags & Interfaces.InferredFlags<typeof SimulateText.flags>;

export default class SimulateText extends SimulateCommand {
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
    const script = await this.script(flags, 'texts');
    const { thread, publicUrl } = await this.#open(flags, { someoneTypes: script === null });
    if (!script) {
      if (!(await typeTexts(thread, publicUrl))) throw new CommandError('interrupted', 'Left.');
      return this.#report(thread, []);
    }
    const { playScript } = await import('@receptionist/simulator/caller');
    const { failures } = await playScript(thread, script);
    if (thread.requests.length > 0) refuseUnlessAnswered(thread, publicUrl);
    for (const spoken of thread.transcript) this.tellWords(spoken);
    for (const problem of thread.problems) this.tellProblem(problem);
    return this.#report(thread, failures);
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
      onEvent: (event) => someoneTypes && this.tell(event, false),
    });
    return { thread, publicUrl };
  }

  #report({ from, to, transcript, replies, problems }: TextThread, failures: ScriptFailure[]) {
    const ok = this.verdict(problems, failures);
    const sent = replies.map(({ messageSid, body, media, status, errorCode }) => ({
      message_sid: messageSid,
      ...{ body, media, status },
      error_code: errorCode,
    }));
    return { ok, from, to, transcript, replies: sent, failures, problems };
  }
}
