/** The people in the workspace: they press buttons and fill in modals, and Slack tells the application of it. */
import { complaintsAboutView } from './block-kit.ts';
import { complaintsAboutInputs, fillIn, type InputValues } from './slack-inputs.ts';
import {
  closeAll,
  findOpenModal,
  type OpenModal,
  replaceView,
  type SlackModal,
  showModal,
} from './slack-modals.ts';
import { type ButtonWanted, blockActions, viewSubmission } from './slack-payloads.ts';
import type { ResponseUrls } from './slack-response-urls.ts';
import { signedInteraction } from './slack-signature.ts';
import type {
  SlackArguments,
  SlackEphemeral,
  SlackMessage,
  SlackUser,
  SlackWorkspace,
} from './slack-workspace.ts';
import {
  callWebhook,
  resolveWebhookUrl,
  type WebhookAnswer,
  type WebhookCall,
  type WebhookUrl,
} from './webhook-sender.ts';

export interface Interactivity {
  url: WebhookUrl;
  signingSecret: string;
}

export interface Press extends ButtonWanted {
  user: SlackUser;
  /** It, or its ts. */
  message: SlackMessage | string;
}

export interface InteractionAnswer extends WebhookAnswer {
  /** To be sent again, or changed, with callWebhook(). */
  request: WebhookCall;
  /** What the person sees since, looked at anew each time: the modal on top, and the last words for them alone. */
  readonly modal: SlackModal | null;
  readonly ephemeral: SlackEphemeral | null;
}

/** Of a submission; not `sent`: Slack itself had something to say at the inputs. */
export type SubmissionAnswer = { errors: Readonly<Record<string, string>> } & (
  | { sent: false }
  | ({ sent: true } & InteractionAnswer)
);

export interface SlackPeople {
  /** Throws if the message has no such button now. */
  press: (press: Press) => Promise<InteractionAnswer>;
  /** What press() would send, unsigned. */
  payloadOf: (press: Press) => object;
  submit: (
    modal: SlackModal,
    options?: { values?: InputValues; user?: SlackUser },
  ) => Promise<SubmissionAnswer>;
  /** The payload as a request: of another time, or with another secret, it is stale or forged. */
  signedInteraction: (payload: object, options?: { at?: number; secret?: string }) => WebhookCall;
}

/** https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const PATIENCE_MS = 3_000;

export function createPeople(options: {
  workspace: SlackWorkspace;
  responseUrls: ResponseUrls;
  /** `http://HOST:PORT` */
  origin: string;
  interactivity: Interactivity | undefined;
}): SlackPeople {
  const { workspace, responseUrls, origin, interactivity } = options;
  const { complaints } = workspace;

  function sign(payload: object, { at = workspace.now(), secret }: { at?: number; secret?: string } = {}) {
    if (!interactivity) throw new Error('startSlack() was told no interactivity: nobody hears of a press.');
    const url = resolveWebhookUrl(interactivity.url);
    return signedInteraction(payload, { url, secret: secret ?? interactivity.signingSecret, at });
  }

  function payloadOf({ user, message, ...wanted }: Press): object {
    meet(user);
    const present = workspace.present.get(typeof message === 'string' ? message : message.ts);
    if (!present) throw new Error(`There is no such message in Slack now.`);
    const responseUrl = origin + responseUrls.issue({ user, message: present });
    return blockActions(workspace, { user, message: present, wanted, responseUrl });
  }

  function meet(user: SlackUser): void {
    if (!workspace.users.some(({ id }) => id === user.id)) workspace.users.push(user);
  }

  async function tell(payload: object, user: SlackUser, what: string): Promise<InteractionAnswer> {
    const request = sign(payload);
    const heardBefore = workspace.ephemerals.length;
    const answer = await callWebhook(request, PATIENCE_MS);
    if (answer.status !== 200)
      complaints.push(
        `${what}: ${answer.failure ?? `answered HTTP ${answer.status}`}; Slack wants 200 in 3 s`,
      );
    return {
      ...answer,
      request,
      get modal() {
        return findOpenModal(workspace, (modal) => modal.user.id === user.id) ?? null;
      },
      get ephemeral() {
        const since = workspace.ephemerals.slice(heardBefore);
        return since.findLast((ephemeral) => ephemeral.user === user.id) ?? null;
      },
    };
  }

  async function submit(
    shown: SlackModal,
    { values = {}, user = shown.user }: { values?: InputValues; user?: SlackUser } = {},
  ): Promise<SubmissionAnswer> {
    const modal = findOpenModal(workspace, ({ user }) => user.id === shown.user.id);
    if (modal?.id !== shown.id) throw new Error(`The modal "${shown.title}" is not on top any more.`);
    const state = fillIn(modal, values);
    modal.errors = complaintsAboutInputs(modal, state);
    if (Object.keys(modal.errors).length > 0) return { sent: false, errors: modal.errors };
    const answer = await tell(viewSubmission(workspace, modal, state, user), user, 'view_submission');
    if (answer.status === 200) follow(modal, answer);
    return Object.assign(answer, { sent: true, errors: modal.errors } as const);
  }

  /** https://docs.slack.dev/surfaces/modals#response_actions */
  function follow(modal: OpenModal, answer: WebhookAnswer): void {
    const asked = readResponse(answer);
    if (!asked) complaints.push(`view_submission: the answer is no JSON: ${answer.body}`);
    else if (asked.response_action === undefined) modal.open = false;
    else if (asked.response_action === 'clear') closeAll(workspace, modal);
    else if (asked.response_action === 'errors') showErrors(modal, asked.errors);
    else showNext(modal, asked);
  }

  function showNext(modal: OpenModal, { response_action, view }: SlackArguments): void {
    const wrong = complaintsAboutView(view);
    if (response_action !== 'update' && response_action !== 'push')
      complaints.push(`view_submission: response_action ${String(response_action)} is none`);
    else if (wrong.length > 0) complaints.push(`view_submission: ${wrong.join('; ')}`);
    else if (response_action === 'update') replaceView(workspace, modal, view as SlackArguments);
    else showModal(workspace, view as SlackArguments, { user: modal.user, previous: modal });
  }

  function showErrors(modal: OpenModal, errors: unknown): void {
    const entries = Object.entries((errors ?? {}) as Record<string, unknown>);
    const strange = entries.filter(
      ([block, words]) =>
        typeof words !== 'string' || !modal.inputs.some(({ block_id }) => block_id === block),
    );
    if (entries.length === 0 || strange.length > 0)
      complaints.push(`view_submission: errors for no input: ${JSON.stringify(errors)}`);
    modal.errors = Object.fromEntries(entries.map(([block, words]) => [block, String(words)]));
  }

  return {
    press: async (press) => tell(payloadOf(press), press.user, `press of "${press.action}"`),
    payloadOf,
    submit,
    signedInteraction: sign,
  };
}

/** Nothing at all, and `{}`, close the modal. Null: it is no JSON. */
function readResponse({ body, contentType }: WebhookAnswer): SlackArguments | null {
  if (body === '') return {};
  try {
    return contentType === 'application/json' ? JSON.parse(body) : null;
  } catch {
    return null;
  }
}
