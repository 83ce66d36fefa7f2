/** Texts between a phone and a number, as the person who writes lives through them. */
import { randomBytes } from 'node:crypto';
import type { Connection } from './connection.ts';
import { type ConversationEvent, createConversationLog, type Spoken } from './conversation-log.ts';
import { type Delivery, type DeliveryErrorCode, deliver, errorOf, type MessageStatus } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import { type IncomingMessage, incomingParameters, type Media } from './message-parameters.ts';
import { createSubscription, OPT_OUT_ANSWERS, type OptOut, type OptOutType } from './opt-out.ts';
import { problemIn, TwilioError, type TwilioProblem } from './problems.ts';
import { askForReplies, LONGEST_BODY, type Reply, refuseBadReply } from './replies.ts';
import type { Webhook } from './webhook.ts';

export type { Media } from './message-parameters.ts';

/** What the account and the number say about each text. */
export interface TextSettings {
  accountSid: string;
  authToken: string;
  messageUrl: string;
  messageStatusCallbackUrl: string | undefined;
  smsFallbackUrl: string | undefined;
  connection: Connection;
  extraParameters: Readonly<Record<string, string>>;
}

export interface ThreadOptions {
  /** E.164. */
  from: string;
  to: string;
  /** `sms` if left out. */
  channel?: 'sms' | 'whatsapp';
  /** What becomes of the replies to this phone; they are delivered if left out. */
  deliver?: Delivery;
  /** `default` if left out, as at Twilio. */
  optOut?: OptOut;
  onEvent?: (event: ConversationEvent) => void;
}

export interface TextOptions {
  media?: readonly Media[];
  messageSid?: string;
  /** The text is a keyword that the account has taught Advanced Opt-Out. */
  optOutType?: OptOutType;
}

/** A reply that Twilio took, whether it reached the phone or not. */
export interface SentReply {
  messageSid: string;
  from: string;
  to: string;
  body: string;
  media: readonly string[];
  status: MessageStatus;
  errorCode: DeliveryErrorCode | null;
}

export interface TextThread {
  readonly from: string;
  readonly to: string;
  /** What reached the phone in answer to the last text. */
  readonly received: readonly string[];
  readonly transcript: readonly Spoken[];
  readonly replies: readonly SentReply[];
  readonly requests: readonly Exchange[];
  /** What Twilio's debugger would show. */
  readonly problems: readonly TwilioProblem[];
  /**
   * Resolves with what reached the phone, Twilio's own answer to STOP among it, when the last status callback has been
   * made. Media stand as `(media URL)` behind the words.
   */
  send: (body: string, options?: TextOptions) => Promise<string[]>;
}

export function openThread(settings: TextSettings, options: ThreadOptions): TextThread {
  const { channel = 'sms', deliver: fate = { status: 'delivered' }, optOut = 'default' } = options;
  const { accountSid, authToken, connection } = settings;
  const from = addressOn(channel, options.from);
  const to = addressOn(channel, options.to);
  const log = createConversationLog(options.onEvent ?? (() => {}));
  const webhook: Webhook = { authToken, connection, record: log.request };
  const subscription = createSubscription();
  const knowsKeywords = optOut === 'advanced' || (optOut === 'default' && channel === 'sms');
  const replies: SentReply[] = [];
  let busy = false;

  async function send(body: string, { media = [], ...more }: TextOptions = {}): Promise<string[]> {
    const messageSid = more.messageSid ?? newMessageSid(media);
    if (!/^(SM|MM)[\da-f]{32}$/.test(messageSid))
      throw new Error(`"${messageSid}" is no MessageSid: SM or MM and 32 hex digits are.`);
    if (body === '' && media.length === 0) throw new Error('A text has words or media.');
    if (busy) throw new Error('The last text is still being answered: await it before the next.');
    busy = true;
    try {
      log.act();
      log.said(written(body, media));
      await arrive({ accountSid, messageSid, from, to, body, media }, more.optOutType ?? null);
      return [...log.sinceLastAct];
    } finally {
      busy = false;
    }
  }

  async function arrive(message: IncomingMessage, taught: OptOutType | null): Promise<void> {
    if (message.body.length > LONGEST_BODY) {
      report(new TwilioError(21617, `${message.body.length} characters came in`));
      return;
    }
    const keyword = taught ?? (knowsKeywords ? subscription.hear(message.body) : null);
    if (keyword) {
      subscription.obey(keyword);
      log.heard(OPT_OUT_ANSWERS[keyword]);
    }
    const told = optOut === 'advanced' || taught !== null;
    const params = {
      ...incomingParameters(message),
      ...(keyword && told ? { OptOutType: keyword } : {}),
      ...settings.extraParameters,
    };
    const { messageUrl: url, smsFallbackUrl: fallbackUrl } = settings;
    await askForReplies({ url, fallbackUrl, params, webhook, pass, onProblem: log.problem });
  }

  async function pass(reply: Reply): Promise<void> {
    try {
      refuseBadReply(reply);
      const recipient = reply.to ?? from;
      if (recipient === from && subscription.optedOut) throw new TwilioError(21610, recipient);
      await carry(reply, recipient);
    } catch (error) {
      report(error);
    }
  }

  async function carry({ body, media, from: sender, callback }: Reply, recipient: string): Promise<void> {
    const { messageStatusCallbackUrl: url } = settings;
    const delivery: Delivery = recipient === from ? fate : { status: 'delivered' };
    const message = { accountSid, messageSid: newMessageSid(media), from: sender ?? to, to: recipient };
    const sent: SentReply = { ...message, body, media, status: 'queued', errorCode: null };
    replies.push(sent);
    if (recipient === from && delivery.status === 'delivered') log.heard(written(body, media));
    await deliver({
      message,
      delivery,
      callback: callback ?? (url ? { url, method: 'POST' } : null),
      webhook,
      onStatus: (status) => Object.assign(sent, { status, errorCode: errorOf(delivery, status) }),
      onProblem: log.problem,
    });
  }

  function report(error: unknown): void {
    log.problem(problemIn(error));
  }

  return {
    from: options.from,
    to: options.to,
    transcript: log.transcript,
    replies,
    requests: log.requests,
    problems: log.problems,
    get received() {
      return log.sinceLastAct;
    },
    send,
  };
}

function addressOn(channel: 'sms' | 'whatsapp', number: string): string {
  return channel === 'whatsapp' ? `whatsapp:${number}` : number;
}

function written(body: string, media: readonly (Media | string)[]): string {
  const shown = media.map((one) => `(media ${typeof one === 'string' ? one : one.url})`);
  return [body, ...shown].filter((part) => part !== '').join(' ');
}

function newMessageSid(media: readonly unknown[]): string {
  return `${media.length > 0 ? 'MM' : 'SM'}${randomBytes(16).toString('hex')}`;
}
