/** Modals: what a person sees of a view, and how views lie on each other. https://docs.slack.dev/surfaces/modals */
import { randomBytes } from 'node:crypto';
import { identified } from './slack-messages.ts';
import { readLines, readText } from './slack-reading.ts';
import { BOT, type SlackUser, type SlackWorkspace } from './slack-workspace.ts';

type Item = Readonly<Record<string, unknown>>;

/** A modal as it stands now. */
export interface SlackModal {
  readonly id: string;
  readonly user: SlackUser;
  /** False once it was closed, submitted or taken away. */
  readonly open: boolean;
  readonly title: string;
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly external_id: string;
  readonly blocks: readonly Item[];
  readonly inputs: readonly SlackInput[];
  /** What a person reads in it. */
  readonly lines: readonly string[];
  /** Shown at the inputs after a submission that was sent back, by block_id. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface SlackInput {
  block_id: string;
  action_id: string;
  label: string;
  optional: boolean;
  element: Item & { type: string };
}

/** The simulator's side of it. */
export interface OpenModal extends SlackModal {
  open: boolean;
  errors: Readonly<Record<string, string>>;
  /** As the application gave it, with a name for each block. */
  view: Item;
  /** Changes with each update. */
  hash: string;
  /** It lies on this one. */
  readonly previous: OpenModal | null;
  readonly root: string;
}

export function showModal(
  workspace: SlackWorkspace,
  view: Item,
  { user, previous }: { user: SlackUser; previous: OpenModal | null },
): OpenModal {
  const id = `V${randomBytes(5).toString('hex').toUpperCase()}`;
  const modal: OpenModal = {
    id,
    user,
    previous,
    root: previous?.root ?? id,
    open: true,
    errors: {},
    ...shown(workspace, view),
    get title() {
      return readText(this.view.title);
    },
    get callback_id() {
      return text(this.view.callback_id);
    },
    get private_metadata() {
      return text(this.view.private_metadata);
    },
    get external_id() {
      return text(this.view.external_id);
    },
    get blocks() {
      return this.view.blocks as Item[];
    },
    get inputs() {
      return this.blocks.filter(({ type }) => type === 'input').map(readInput);
    },
    get lines() {
      return readLines('', this.blocks);
    },
  };
  workspace.modals.push(modal);
  return modal;
}

/** Another view in the same place. */
export function replaceView(workspace: SlackWorkspace, modal: OpenModal, view: Item): void {
  Object.assign(modal, shown(workspace, view), { errors: {} });
}

export function closeAll({ modals }: SlackWorkspace, { root }: OpenModal): void {
  for (const modal of modals) if (modal.root === root) modal.open = false;
}

export function findOpenModal(
  { modals }: SlackWorkspace,
  fits: (modal: OpenModal) => boolean,
): OpenModal | undefined {
  return modals.findLast((modal) => modal.open && fits(modal));
}

/** As Slack's JSON has it. */
export function wireView(modal: OpenModal, { teamId, appId }: SlackWorkspace, values: object = {}): Item {
  const { id, view, hash, previous, root } = modal;
  return {
    ...{ id, team_id: teamId, type: 'modal', blocks: modal.blocks },
    private_metadata: modal.private_metadata,
    callback_id: modal.callback_id,
    state: { values },
    hash,
    ...{ title: view.title, submit: view.submit ?? null, close: view.close ?? null },
    ...{ clear_on_close: view.clear_on_close ?? false, notify_on_close: view.notify_on_close ?? false },
    ...{ previous_view_id: previous?.id ?? null, root_view_id: root, app_id: appId },
    ...{ external_id: modal.external_id, app_installed_team_id: teamId, bot_id: BOT.bot_id },
  };
}

function shown({ nextTs }: SlackWorkspace, view: Item): Pick<OpenModal, 'view' | 'hash'> {
  const hash = `${nextTs()}.${randomBytes(4).toString('hex')}`;
  return { view: { ...view, blocks: identified(view.blocks as Item[]) }, hash };
}

function readInput({ block_id, label, optional, element }: Item): SlackInput {
  const { action_id } = element as Item;
  return {
    block_id: text(block_id),
    action_id: text(action_id),
    label: readText(label),
    optional: optional === true,
    element: element as SlackInput['element'],
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
