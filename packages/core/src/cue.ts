/**
 * A cue: a pattern over normalised words, and the likelihood that a caller who says it means the intent.
 *
 * In a pattern `{name}` stands for one of the lists of words below and `~` for up to three words of any kind but a
 * "not"; `^` and `$` are the beginning and the end of what was said, politeness aside. It matches whole words only.
 */
export interface Cue {
  /** 0 to 1, were this all that is known. */
  likelihood: number;
  pattern: RegExp;
  /** "not an emergency" is none; but a cue with a "not" of its own, or an insult, is not turned round by another. */
  negatable: boolean;
}

const LISTS = {
  want: 'want to|want|wanna|need to|need|would like to|would like|id like to|id like|like to|love to|wish to|looking to|trying to|have to|hoping to|plan to|please|can i|could i|can you|could you|can we|will you|would you|may i|let me|lets|let us|how do i|ill|gonna|going to',
  speak: 'speak|speaking|talk|talking|chat|spoke',
  person:
    'person|human|human being|people|somebody|someone|some one|agent|agents|representative|rep|operator|manager|supervisor|receptionist|reception|front desk|staff|staff member|team member|employee|colleague|assistant|advisor|adviser|specialist|customer service|customer care|customer support|support|owner|boss|attendant|man|woman|lady|guy',
  kind: 'a|an|the|your|my|any|some|another|one of your|one of the|other|real|actual|live|human|non robotic|physical|proper|different|duty|office|shift|store|hotel|local|nice|in charge|of your|of the',
  bot: 'you|bot|robot|machine|computer|ai|recording|automated system|answering machine|chatbot|voicemail|system',
  appointment: 'appointment|appointments|appt|booking|reservation|visit|slot|consultation|session|meeting',
  book: 'book|booking|schedule|scheduling|reserve|make|set up|setup|arrange|fix|get|(?<!i |we |already )have|create|find',
  expert:
    'doctor|dr|dentist|hygienist|therapist|nurse|stylist|hairdresser|barber|vet|specialist|psychologist|psychiatrist|dermatologist|physician|gynecologist|optometrist|mechanic|lawyer|technician',
  my: 'my|the|our|an|a|this|that|his|her|their',
  insult:
    'bitch|bitches|cunt|asshole|ass hole|arsehole|bastard|idiot|idiots|moron|dumbass|dumb ass|whore|slut|retard|retarded|wanker|twat|dickhead|motherfucker|mother fucker|fucker|shithead|scumbag|faggot|faggots|fag|fags|nigger|nigga|imbecile',
  you: 'you|youre|u|ur|you r|you are|u r|u are|are you|are u|r u',
  very: 'are|is|so|really|such|a|an|the|very|just|being|too|pretty|bit|little|one|complete|total|quite|as|all|most|fucking|always',
} as const;

/** Said before and after anything. */
const POLITE_START =
  '^(?:(?:um|uh|er|erm|hmm|oh|ah|well|ok|okay|so|and|alright|right|hi|hello|hey|yes|yeah|no|nope|sorry|please|just|actually|thanks|thank you|but|good morning|good afternoon|good evening|,) )*';
const POLITE_END = '(?: (?:,|please|then|now|today|thanks|thank you|sir|maam|madam|mate|dear|ok|okay))*$';

/** A cue that a "not" before it turns round. */
export function cue(likelihood: number, pattern: string): Cue {
  return { likelihood, pattern: compile(pattern), negatable: true };
}

/** A cue with a "not" of its own, or one that no "not" makes better. */
export function asSaid(likelihood: number, pattern: string): Cue {
  return { likelihood, pattern: compile(pattern), negatable: false };
}

function compile(pattern: string): RegExp {
  const source = pattern
    .replace(/\{(\w+)\}/g, (_, name: string) => `(?:${LISTS[name as keyof typeof LISTS]})`)
    .replaceAll('~ ', '(?:(?!not |no |never |dont )[^ ,]+ ){0,3}')
    .replace(/^\^/, POLITE_START)
    .replace(/\$$/, POLITE_END);
  return new RegExp(`(?<![^ ])(?:${source})(?![^ ])`, 'g');
}
