/** The arguments of a call, from a form or from JSON. https://docs.slack.dev/apis/web-api/#basics */
import type { ReceivedRequest } from './loopback.ts';
import { type SlackArguments, SlackRefusal } from './slack-workspace.ts';

/** Where the method takes an object, a form carries it as JSON text. */
const OBJECTS = ['blocks', 'attachments', 'metadata', 'view'];

export function readArguments({ method, headers, body }: ReceivedRequest): SlackArguments {
  if (method !== 'POST') throw new SlackRefusal('invalid_post_type', [`${method} instead of POST`]);
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return readJsonBody(body);
  if (type !== 'application/x-www-form-urlencoded' && body !== '') {
    throw new SlackRefusal('invalid_post_type', [`content type ${type ?? 'missing'}`]);
  }
  const fields = Object.fromEntries(new URLSearchParams(body));
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, OBJECTS.includes(name) ? parsed(text) : text]),
  );
}

function readJsonBody(body: string): SlackArguments {
  const value = parsed(body);
  if (typeof value !== 'object' || value === null)
    throw new SlackRefusal('json_not_object', ['the body is no JSON object']);
  const { token, ...args } = value as SlackArguments;
  return args; // in a JSON body the token does not count
}

/** Text that is no JSON stays text, which then has the wrong type. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
