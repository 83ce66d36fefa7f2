/**
 * What Twilio does by itself with STOP, START and HELP. Words and answers are those of a US long code:
 * https://help.twilio.com/articles/223134027
 */
export type OptOutType = 'STOP' | 'START' | 'HELP';

/**
 * `default`: Twilio answers, and the webhook sees a text like any other. `advanced`: the webhook is told with
 * OptOutType. `off`: the account does it all by itself. WhatsApp knows only the last two.
 */
export type OptOut = 'default' | 'advanced' | 'off';

export const OPT_OUT_ANSWERS: Readonly<Record<OptOutType, string>> = {
  STOP: 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
};

const KEYWORDS: Readonly<Record<OptOutType, readonly string[]>> = {
  STOP: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'OPTOUT', 'REVOKE'],
  START: ['START', 'YES', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
};

export interface Subscription {
  readonly optedOut: boolean;
  /** A text arrives. The keyword that it is to Twilio; null for any other text. */
  hear: (body: string) => OptOutType | null;
  obey: (type: OptOutType) => void;
}

export function createSubscription(): Subscription {
  let optedOut = false;
  return {
    get optedOut() {
      return optedOut;
    },
    hear: (body) => {
      const type = keywordIn(body);
      // "Yes" to a question is no keyword: only who has opted out can opt in again.
      return type === 'START' && !optedOut ? null : type;
    },
    obey: (type) => {
      if (type !== 'HELP') optedOut = type === 'STOP';
    },
  };
}

/** The whole text must be the word: "stop please" is none. */
function keywordIn(body: string): OptOutType | null {
  const word = body.trim().toUpperCase();
  const types: OptOutType[] = ['STOP', 'START', 'HELP'];
  return types.find((type) => KEYWORDS[type].includes(word)) ?? null;
}
