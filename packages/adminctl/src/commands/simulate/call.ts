import { Flags, type Interfaces } from '@oclif/core';
import type { Call, ScriptFailure } from '@receptionist/simulator/caller';
import type { GlobalFlags } from '../../base-command.ts';
import { CommandError } from '../../failure.ts';
import { tenantFlag } from '../../named-flags.ts';
import { numberToReach, phoneNumber } from '../../numbers.ts';
import { SimulateCommand } from '../../simulate-command.ts';
import { lineFrom, refuseUnlessAnswered, typeOn } from '../../simulated-call.ts';

type CallFlags = GlobalFlags & Interfaces.InferredFlags<typeof SimulateCall.flags>;

export default class SimulateCall extends SimulateCommand {
  static override summary = 'Call a tenant without a phone: you type, it answers';
  static override description = [
    'Type what the caller says; [1] presses a key, [silence] says nothing, [hang up] ends the call.',
    'A script has a line for each turn, and lines such as "? we open at" for what must have been heard.',
    'The requests are signed as Twilio signs them, with TWILIO_AUTH_TOKEN, for PUBLIC_URL.',
  ].join('\n');
  static override examples = [
    'adminctl simulate call --tenant t1',
    'adminctl simulate call --tenant t1 --script opening-hours.txt',
    'echo "when are you open" | adminctl simulate call --to +15005550006 --script -',
  ];
  static override flags = {
    tenant: tenantFlag({ description: 'call the first number of this tenant', exactlyOne: ['tenant', 'to'] }),
    to: Flags.string({ description: 'call this number', helpValue: 'NUMBER' }),
    from: Flags.string({ description: "the caller's number", helpValue: 'NUMBER', default: '+14155550123' }),
    anonymous: Flags.boolean({ description: 'withhold the number' }),
    script: Flags.string({ description: 'play this file; - reads stdin', helpValue: 'FILE' }),
  };

  override async run() {
    const { flags } = await this.parse(SimulateCall);
    const script = await this.script(flags, 'call');
    const call = await this.#place(flags, script !== null);
    if (script) {
      const { playScript } = await import('@receptionist/simulator/caller');
      return this.#report(call, (await playScript(call, script)).failures);
    }
    if (!(await typeOn(call))) throw new CommandError('interrupted', 'Hung up.');
    return this.#report(call, []);
  }

  /** What is heard is told once it is sure that the daemon said it, and not Twilio for want of a daemon. */
  async #place(flags: CallFlags, tellCallerToo: boolean): Promise<Call> {
    const { createTwilio } = await import('@receptionist/simulator/caller');
    const line = lineFrom(this.settings(flags));
    const from = flags.anonymous ? 'anonymous' : phoneNumber(flags.from);
    const to = await numberToReach(() => this.client(flags), flags);
    let answered = false;
    const twilio = createTwilio({
      ...line,
      voiceUrl: `${line.publicUrl}/twilio/webhook`,
      statusCallbackUrl: `${line.publicUrl}/twilio/status/call`,
      extraParameters: { Simulated: 'true' },
      onEvent: (event) => answered && this.tell(event, tellCallerToo),
    });
    const call = await twilio.placeCall({ from, to });
    refuseUnlessAnswered(call, line.publicUrl);
    answered = true;
    for (const problem of call.problems) this.tellProblem(problem);
    for (const spoken of call.transcript) this.tellWords(spoken);
    return call;
  }

  #report({ callSid, from, to, status, transcript, problems }: Call, failures: ScriptFailure[]) {
    const ok = this.verdict(problems, failures);
    return { ok, call_sid: callSid, from, to, status, transcript, failures, problems };
  }
}
