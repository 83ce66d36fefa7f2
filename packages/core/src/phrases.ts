/**
 * What the receptionist says, in American English. All its sentences stand here, so that another language is another
 * table; what differs between a call and a text stands apart.
 */
import type { Channel } from './fallback.ts';
import { sayPhone, writePhone } from './spoken.ts';
import type { PhoneNumber } from './tenant.ts';

const ANYWHERE = {
  anythingElse: 'Is there anything else I can help you with?',
  whatElse: 'All right. What else can I do for you?',
  goAhead: 'Please go ahead.',
  thankYou: (name: string) => `Thank you, ${name}. What can I do for you?`,
  hello: 'Hello! What can I do for you?',

  notUnderstood: "I'm sorry, I didn't understand that.",
  tryAgain: 'You can ask about our opening hours, services and prices, leave a message, or ask for a person.',
  notMyTrade: "I'm sorry, that is not something I can help with.",
  cannotHelpMyself: "I'm sorry, I can't help you with that myself.",
  noAnswer: "I don't have an answer to that.",
  offerCallback: 'Shall I have someone get back to you about it?',

  allBusy: "I'm sorry, all our lines are busy right now. What would you like me to pass on?",
  speakNow: 'Please tell me your message now, and I will pass it on.',
  anythingElseToPassOn: 'Is there anything else you would like me to pass on?',

  whatMessage: 'Of course. What would you like me to pass on?',
  passedOn: 'Thank you, I am passing your message on.',
  added: 'Thank you, I am passing that on as well.',
  anythingToPassOn: 'Is there anything you would like me to tell them?',

  ofCourse: 'Of course.',
  sorryToHear: "I'm sorry to hear that.",
  whatHappened: 'Please tell me what happened, and I will pass it on.',
  noPayments: "I can't take payments, so please don't tell me any card numbers; a colleague will help you.",
  noBookings: 'A colleague will take care of your appointment.',
  wishedTime: 'What day and time would suit you, and what is your name?',

  alerting: 'I am alerting our team now.',
  whatNumber: 'What number can we call you back on?',

  puttingThrough:
    'I am putting you through to a colleague. Please stay on the line; if nobody is free I will come back to you.',
  notReached: 'I am sorry, I could not reach anyone just now.',
  notAgain: "I'm sorry, I can't put you through again right now.",
  backAgain: 'You are back with the automated receptionist.',
  messageOrCallback:
    'You can leave a message after the tone, or I can have someone call you back. Which would you prefer?',
  choiceKeys: 'For a message press 1, for a call back press 2.',
  willBeRecorded: 'Your message will be recorded.',
  speakAfterTone: 'Please speak after the tone; press # when you are done.',
  nothingRecorded: "I'm sorry, I did not hear a message.",
  toldTeam: 'I have told our team that you called.',

  textingIt: 'I am texting it to the number you are calling from.',
  cannotTextUnknown: "Your number is withheld, so I can't text you.",
  cannotText: "I'm sorry, I can't text that number.",

  introduction: (name: string) => `This is the automated receptionist of ${name}.`,
  cannotOpenMedia: "I can't open photos or files myself.",
  offerToPassOnMedia: 'Shall I have someone look at it and get back to you?',
  help: (name: string) =>
    `This is the automated receptionist of ${name}. Ask about opening hours, services and prices, leave a message, or reply PERSON. Reply STOP to get no more texts.`,

  stayPolite: 'I would like to help you, but please stay polite. What can I do for you?',
  endOfPatience: 'I am ending our conversation here. Goodbye.',
} as const;

/** A number is said digit by digit, and written as people write it. */
function aboutNumbers(tell: (number: PhoneNumber) => string) {
  const callsBack = (number: PhoneNumber) =>
    `someone will call you back at ${tell(number)} as soon as possible.`;
  return {
    gotNumber: (number: PhoneNumber) => `Thank you, I have your number as ${tell(number)}.`,
    alertingWith: (number: PhoneNumber) => `I am alerting our team now; ${callsBack(number)}`,
    someoneCalls: (number: PhoneNumber) => `S${callsBack(number).slice(1)}`,
  };
}

const CALL = {
  ...aboutNumbers(sayPhone),
  howCanIHelp: 'How can I help you? For a person, press zero.',
  unknownKey: 'That key does nothing here. Press zero for a person, or just tell me what you need.',
  areYouThere: "I'm sorry, I didn't hear anything. How can I help you?",
  cannotHearYou: 'I still cannot hear you. Please speak now, or press zero for a person.',
  endOfSilence: 'I cannot hear you, so I will hang up now. Please call again. Goodbye.',
  numberAgain: "I'm sorry, I didn't get that number. Please say it digit by digit, or type it on your phone.",
  danger: (number: string) => `If anyone is in danger, hang up and dial ${number}.`,
  goodbye: 'Thank you for calling. Goodbye.',
};

const TEXT: typeof CALL = {
  ...aboutNumbers(writePhone),
  howCanIHelp: 'How can I help you? For a person, reply PERSON.',
  unknownKey: 'Please tell me in a few words what you need.',
  areYouThere: 'How can I help you?',
  cannotHearYou: 'How can I help you? For a person, reply PERSON.',
  endOfSilence: 'Please write again whenever you like. Goodbye.',
  numberAgain: "I'm sorry, I didn't get that number. Please write all its digits.",
  danger: (number) => `If anyone is in danger, call ${number} now.`,
  goodbye: 'Thank you for your message. Goodbye.',
};

export type Phrases = typeof ANYWHERE & typeof CALL;

const BY_CHANNEL: Record<Channel, typeof CALL> = { voice: CALL, sms: TEXT, whatsapp: TEXT, manual: TEXT };

export function phrasesFor(channel: Channel): Phrases {
  return { ...ANYWHERE, ...BY_CHANNEL[channel] };
}
