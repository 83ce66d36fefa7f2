/**
 * A tenant learns: an answer more, or a phrase more. Each is only taken where it is recognised, and where it changes nothing
 * that callers are understood by today.
 */
import { NEW_CONVERSATION, type Step, takeTurn } from './conversation.ts';
import { Problem } from './problem.ts';
import type { Answer, Instant, Phrase, Tenant } from './tenant.ts';
import { overlap, SAME_MEANING, topics } from './words.ts';

/**
 * The tenant with an answer more.
 * @throws Problem `already_exists` where the question has an answer, `invalid_body` where it would not be recognised, or where
 * it would take what callers say otherwise
 */
export function learnAnswer(tenant: Tenant, lesson: Answer, now: Instant): Tenant {
  refuseEmpty('question', lesson.question);
  const known = tenant.answers.find(({ question }) => sameTopics(question, lesson.question));
  if (known)
    throw new Problem(
      'already_exists',
      `"${known.question}" has an answer already: "${known.answer}" To change it, edit what adminctl tenant export prints, and import that.`,
    );
  const learned = { ...tenant, answers: [...tenant.answers, lesson] };
  const step = askedOf(learned, lesson.question, now);
  if (!step.say.includes(lesson.answer)) refuseInsteadOf('question', lesson.question, step);
  refuseReply('question', lesson.question);
  refuseTakenOver('question', { tenant, learned, now }, [lesson.question, lesson.answer]);
  return learned;
}

/** The tenant with a phrase more. @throws Problem as `learnAnswer` */
export function learnPhrase(tenant: Tenant, lesson: Phrase, now: Instant): Tenant {
  refuseEmpty('phrase', lesson.phrase);
  const known = tenant.phrases.find(({ phrase }) => sameTopics(phrase, lesson.phrase));
  if (known)
    throw new Problem(
      'already_exists',
      `"${known.phrase}" is a phrase already, for ${known.reason}. To change it, edit what adminctl tenant export prints, and import that.`,
    );
  const learned = { ...tenant, phrases: [...tenant.phrases, lesson] };
  const step = askedOf(learned, lesson.phrase, now);
  if (step.escalate?.reason !== lesson.reason) refuseInsteadOf('phrase', lesson.phrase, step);
  refuseReply('phrase', lesson.phrase);
  refuseTakenOver('phrase', { tenant, learned, now }, [lesson.phrase]);
  return learned;
}

function refuse(path: string, message: string): never {
  throw new Problem('invalid_body', message, { errors: [{ path, message }] });
}

function refuseEmpty(path: string, words: string): void {
  if (topics(words).size > 0) return;
  refuse(
    path,
    `"${words}" holds no word by which it could be told from anything else. Say what it is about.`,
  );
}

function sameTopics(a: string, b: string): boolean {
  const [ours, theirs] = [topics(a), topics(b)];
  return ours.size === theirs.size && overlap(ours, theirs) === 1;
}

/** It would not be heard, because something else is. */
function refuseInsteadOf(path: string, words: string, { understanding, decision, say }: Step): never {
  const heard = say.join(' ');
  if (decision === 'answer')
    throw new Problem(
      'already_exists',
      `"${words}" is answered already: "${heard}" Say what is asked beyond that.`,
    );
  const taken = understanding?.intent.replaceAll('_', ' ') ?? 'nothing';
  refuse(
    path,
    `Whoever says "${words}" is taken for something else (${taken}), and hears: "${heard}" Say it in other words.`,
  );
}

/** What callers answer to the receptionist, whatever they called about. */
const REPLIES = [
  'No.',
  'No, thank you.',
  'Yes.',
  'Nothing else.',
  'Bye.',
  'Goodbye.',
  'Could you repeat that?',
  'My name is Kim Smith.',
  'My number is 415 555 0123.',
  'Tomorrow at ten.',
  'In the morning.',
];

/** It would be heard in the middle of everybody's conversation. */
function refuseReply(path: string, words: string): void {
  const taken = REPLIES.find((reply) => overlap(topics(words), topics(reply)) >= SAME_MEANING);
  if (taken === undefined) return;
  refuse(
    path,
    `It is so general that it would also take "${taken}", which any caller may answer. Say it more exactly.`,
  );
}

/** A lesson may not take what somebody says who means something else. */
function refuseTakenOver(
  path: string,
  { tenant, learned, now }: { tenant: Tenant; learned: Tenant; now: Instant },
  lesson: readonly string[],
): void {
  const near = usualWords(tenant).filter((words) => lesson.some((one) => areNear(one, words)));
  const taken = near.find((words) => {
    const before = askedOf(tenant, words, now);
    const wasKnown = before.state.misunderstood === 0;
    return wasKnown && !sameStep(before, askedOf(learned, words, now));
  });
  if (taken === undefined) return;
  refuse(
    path,
    `It is so general that it would also take "${taken}", which is known already. Say it more exactly.`,
  );
}

function sameStep(a: Step, b: Step): boolean {
  return a.say.join() === b.say.join() && a.escalate?.reason === b.escalate?.reason;
}

/** Whether one could be taken for the other: all else need not be tried. */
function areNear(a: string, b: string): boolean {
  const [ours, theirs] = [topics(a), topics(b)];
  return overlap(ours, theirs) >= SAME_MEANING || overlap(theirs, ours) >= SAME_MEANING;
}

/** What callers of the tenant say who are understood today. */
function usualWords({ answers, services, facts }: Tenant): string[] {
  return [
    'What are your opening hours?',
    'Are you open today?',
    'Where are you located?',
    'What services do you offer?',
    'I would like to leave a message.',
    'I would like to book an appointment.',
    'I need to cancel my appointment.',
    'Can I speak to a person?',
    'Please call me back.',
    'I would like to pay my bill.',
    ...Object.keys(facts).map((fact) => `What is your ${fact.replaceAll('_', ' ')}?`),
    ...services.flatMap(({ name }) => [
      `How much is a ${name}?`,
      `What is the price of a ${name}?`,
      `How long does a ${name} take?`,
    ]),
    ...answers.map(({ question }) => question),
  ];
}

/** What follows when a caller begins with these words. */
function askedOf(tenant: Tenant, words: string, now: Instant): Step {
  return takeTurn(
    NEW_CONVERSATION,
    { kind: 'speech', text: words, confidence: null },
    {
      tenant,
      flags: [],
      channel: 'voice',
      caller: null,
      textable: false,
      transferable: false,
      transcript: [],
      now,
    },
  );
}
