/** "Can you text me that?": on a call, what was asked for may be sent in writing. */
import { normalize } from './words.ts';

const REQUESTS = [
  /(?<!\S)(?:text|sms|message) (?:me|us|it|that|this|them|those)(?!\S)(?! back)/,
  /(?<!\S)send (?:me |us )?(?:a |an |it |that |this )(?:\w+ ){0,3}(?:text|sms|text message|message)(?!\S)/,
  /(?<!\S)(?:send|get|give|have) .{0,60} (?:by|in|via|as|over|through) (?:a )?(?:text|sms|text message|message)(?!\S)/,
];
const REFUSED =
  /(?<!\S)(?:dont|do not|not|never|stop|cant|cannot) (?:\w+ ){0,2}(?:text|texting|sms|send|message)(?!\S)/;

/** Whether the caller wants something in writing. */
export function asksForText(said: string): boolean {
  const words = normalize(said);
  return !REFUSED.test(words) && REQUESTS.some((request) => request.test(words));
}

/** "Text me that" asks for what was just said. */
export function meansLastAnswer(said: string): boolean {
  return /(?<!\S)(?:it|that|this|them|those)(?!\S)/.test(normalize(said));
}
