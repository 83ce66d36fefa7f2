/** For the tests beside it: a Slack with a few channels, and its API as an application calls it. */
import { onTestFinished } from 'vitest';
import { type SlackOptions, startSlack } from './slack.ts';

export const HUMANS = { id: 'C0HUMAN', name: 'human-fallback', member: true };
export const CHANNELS = [
  HUMANS,
  { id: 'C0OTHER', name: 'other', member: false },
  { id: 'C0OLD', name: 'old', member: true, archived: true },
];

export async function startWorkspace(options: Partial<SlackOptions> = {}) {
  const slack = await startSlack({ token: 'xoxb-right', channels: CHANNELS, ...options });
  onTestFinished(slack.close);
  const call = (method: string, args: object, token: string | null = 'xoxb-right') =>
    fetch(slack.url + method, {
      method: 'POST',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(
        Object.entries(args).map(([name, value]): [string, string] => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      ).toString(),
      signal: AbortSignal.timeout(300),
    });
  const ask = async (...call_: Parameters<typeof call>) => (await call(...call_)).json() as Promise<Answer>;
  const post = (text: string, more: object = {}) =>
    ask('chat.postMessage', { channel: 'C0HUMAN', text, ...more });
  return { slack, call, ask, post };
}
// biome-ignore lint/suspicious/noExplicitAny: what a JSON answer holds is what the tests are about
type Answer = Record<string, any> & { ok: boolean; error?: string; ts: string };

export const section = (text: string) => [{ type: 'section', text: { type: 'mrkdwn', text } }];
