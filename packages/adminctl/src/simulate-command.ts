/** What the simulated call and the simulated texts have in common: a script or a person, and what both sides say. */
import type {
  CallEvent,
  ConversationEvent,
  Script,
  ScriptFailure,
  Spoken,
  TwilioProblem,
} from '@receptionist/simulator/caller';
import { AdminCommand } from './base-command.ts';
import { CommandError } from './failure.ts';
import { playable } from './simulated-call.ts';
import { readText, someoneIsThere } from './stdin.ts';
import { printable } from './table.ts';

export abstract class SimulateCommand extends AdminCommand {
  /** Null: a person types. */
  protected async script(
    { script, 'no-input': noInput }: { script?: string | undefined; 'no-input'?: boolean | undefined },
    medium: 'call' | 'texts',
  ): Promise<Script | null> {
    if (script === undefined) {
      if (someoneIsThere() && !noInput) return null;
      const hint = 'Give a script: --script FILE, or --script -';
      throw new CommandError('usage', 'There is no terminal to type on.', hint);
    }
    const { parseScript } = await import('@receptionist/simulator/caller');
    return playable(parseScript(await readText(script), medium), script);
  }

  /** What a person typed is on the screen already. */
  protected tell(event: CallEvent | ConversationEvent, callerToo: boolean): void {
    if (event.event === 'said' && (callerToo || event.speaker === 'receptionist')) this.tellWords(event);
    if (event.event === 'problem') this.tellProblem(event.problem);
  }

  protected tellWords({ speaker, text }: Spoken): void {
    this.log(`${speaker}: ${printable(text)}`);
  }

  protected tellProblem({ code, words }: TwilioProblem): void {
    this.logToStderr(`Twilio ${code}: ${words}`);
  }

  /** The answer is "no" when an expectation failed, or Twilio would have logged an error. */
  protected verdict(problems: readonly TwilioProblem[], failures: readonly ScriptFailure[]): boolean {
    const ok = failures.length === 0 && problems.every(({ level }) => level === 'warning');
    for (const { line, message } of failures) this.logToStderr(`Line ${line}: ${message}`);
    if (!ok) process.exitCode = 7;
    return ok;
  }
}
