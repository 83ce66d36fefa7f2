/** Calls and texts by the simulator: over which address, what is typed, and why they may have been refused. */
import { createInterface } from 'node:readline/promises';
import type { Call, Exchange, Script, TextThread } from '@receptionist/simulator/caller';
import { CommandError } from './failure.ts';
import type { Settings } from './settings.ts';

const NO_ACCOUNT = `AC${'0'.repeat(32)}`;

/** What the daemon and the simulator must agree on. */
export interface Line {
  accountSid: string;
  authToken: string;
  publicUrl: string;
}

/** @throws CommandError `no_key` without TWILIO_AUTH_TOKEN */
export function lineFrom({ get, secret, apiUrl }: Settings): Line {
  const authToken = secret('TWILIO_AUTH_TOKEN');
  if (!authToken) {
    throw new CommandError(
      'no_key',
      'There is no TWILIO_AUTH_TOKEN to sign with.',
      "Put the daemon's TWILIO_AUTH_TOKEN into the environment or into ~/.adminctl.env.",
    );
  }
  return {
    accountSid: get('TWILIO_ACCOUNT_SID') ?? NO_ACCOUNT,
    authToken,
    publicUrl: (get('PUBLIC_URL') ?? daemonsOwnUrl(apiUrl)).replace(/\/+$/, ''),
  };
}

/** A daemon that was told no PUBLIC_URL takes 127.0.0.1, where people type localhost; a signature covers the difference. */
function daemonsOwnUrl(apiUrl: string): string {
  return apiUrl.replace(/^(https?:\/\/)localhost(?=[:/]|$)/, '$1127.0.0.1');
}

/** @throws CommandError `usage` that names each line which cannot be read */
export function playable(script: Script, file: string): Script {
  if (script.mistakes.length === 0) return script;
  const lines = script.mistakes.map(({ line, message }) => `${file}:${line}: ${message}`);
  throw new CommandError('usage', lines.join('\n'));
}

/** @throws CommandError when nobody answered, or the daemon refused the signature */
export function refuseUnlessAnswered({ requests }: Call | TextThread, publicUrl: string): void {
  const [first] = requests;
  if (!first) throw new CommandError('usage', `${publicUrl} is no address that Twilio could ask.`);
  if (first.failure) {
    throw new CommandError(
      'unreachable',
      `Cannot reach the daemon at ${publicUrl} (${first.failure.words}).`,
      'Is it running, and is PUBLIC_URL right?',
    );
  }
  if (first.status === 403) throw new CommandError('forbidden', refusal(first, publicUrl), REFUSED);
}

const REFUSED =
  'TWILIO_AUTH_TOKEN and PUBLIC_URL must be the same here and at the daemon, and APP_ENV there must not be production.';

function refusal({ url, body }: Exchange, publicUrl: string): string {
  const said = body.trim().split('\n', 1)[0]?.slice(0, 200);
  return `The daemon refused it (403 at ${url}${said ? `: ${said}` : ''}). It was signed for ${publicUrl}.`;
}

/** A person types on a call until it is over. False when they pressed Ctrl-C. */
export function typeOn(call: Call): Promise<boolean> {
  return type({
    isOver: () => call.waitingFor === null,
    take: (typed) => act(call, typed),
    ending: '[hang up]',
  });
}

/** A person types texts until they end stdin (Ctrl-D). False when they pressed Ctrl-C. */
export function typeTexts(thread: TextThread, publicUrl: string): Promise<boolean> {
  return type({
    isOver: () => false,
    take: async (typed) => {
      if (typed === '') return;
      await thread.send(typed);
      refuseUnlessAnswered(thread, publicUrl);
    },
    ending: '',
  });
}

/** `ending`: what counts as typed when nothing more comes. */
async function type({
  isOver,
  take,
  ending,
}: {
  isOver: () => boolean;
  take: (typed: string) => Promise<void>;
  ending: string;
}): Promise<boolean> {
  const typing = createInterface({ input: process.stdin, output: process.stderr });
  const over = new AbortController();
  let interrupted = false;
  typing.on('SIGINT', () => {
    interrupted = true;
    over.abort();
  });
  typing.on('close', () => over.abort());
  while (!isOver() && !over.signal.aborted) {
    const typed = await typing.question('> ', { signal: over.signal }).catch(() => ending);
    await take(typed.trim());
  }
  typing.close();
  return !interrupted;
}

async function act(call: Call, typed: string): Promise<void> {
  const bracketed = /^\[(?:press )?(.+)\]$/.exec(typed)?.[1];
  if (bracketed === 'hang up') await call.hangUp();
  else if (typed === '' || bracketed === 'silence') await call.staySilent();
  else if (bracketed === undefined) await call.say(typed);
  else if (/^[\d*#]+$/.test(bracketed)) await call.press(bracketed);
  else console.error('Type what the caller says, or [1], [silence], [hang up].');
}
