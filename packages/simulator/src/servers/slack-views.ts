/** How an application opens and changes modals. https://docs.slack.dev/reference/methods/views.open */
import { complaintsAboutView } from './block-kit.ts';
import { findOpenModal, type OpenModal, replaceView, showModal, wireView } from './slack-modals.ts';
import {
  required,
  type SlackAnswer,
  type SlackArguments,
  type SlackMethod,
  SlackRefusal,
  type SlackWorkspace,
  takeTurn,
} from './slack-workspace.ts';

/** One on the other, the first included. */
const MOST_VIEWS = 3;
const LARGEST_VIEW = 250_000;

export const VIEW_METHODS: Readonly<Record<string, SlackMethod>> = {
  'views.open': (args, workspace) => {
    const view = begin(args, workspace, 'views.open');
    const { user } = workspace.triggers.exchange(required(args, 'trigger_id'));
    // Who could press a button in a message had closed what lay over it.
    for (const modal of workspace.modals) if (modal.user.id === user.id) modal.open = false;
    return answered(showModal(workspace, view, { user, previous: null }), workspace);
  },

  'views.push': (args, workspace) => {
    const view = begin(args, workspace, 'views.push');
    const { user, modal } = workspace.triggers.exchange(required(args, 'trigger_id'));
    if (!modal?.open) throw new SlackRefusal('not_found', ['the trigger came from no open modal']);
    if (depthOf(modal) >= MOST_VIEWS)
      throw new SlackRefusal('push_limit_reached', [`no more than ${MOST_VIEWS} views on each other`]);
    return answered(showModal(workspace, view, { user, previous: modal }), workspace);
  },

  'views.update': (args, workspace) => {
    const { view_id, external_id, hash } = args;
    if (view_id === undefined && external_id === undefined)
      throw new SlackRefusal('invalid_arguments', ['[ERROR] either view_id or external_id is required']);
    const modal = findOpenModal(workspace, ({ id, external_id: own }) =>
      view_id === undefined ? own === external_id : id === view_id,
    );
    const view = begin(args, workspace, 'views.update', modal);
    if (!modal) throw new SlackRefusal('not_found', [`no open view ${String(view_id ?? external_id)}`]);
    if (hash !== undefined && hash !== modal.hash)
      throw new SlackRefusal('hash_conflict', ['the view was changed meanwhile']);
    replaceView(workspace, modal, view);
    return answered(modal, workspace);
  },
};

/** `but`: the view that is to be replaced. */
function begin(
  { view }: SlackArguments,
  workspace: SlackWorkspace,
  method: string,
  but?: OpenModal,
): SlackArguments {
  takeTurn(workspace.tier4, method, 'about 100 a minute');
  const complaints = complaintsAboutView(view);
  if (complaints.length > 0) throw new SlackRefusal('invalid_arguments', complaints);
  const { length } = JSON.stringify(view);
  if (length > LARGEST_VIEW) throw new SlackRefusal('view_too_large', [`${length} characters`]);
  const { external_id } = view as SlackArguments;
  const taken = (modal: OpenModal) => modal !== but && modal.external_id === external_id;
  if (external_id && findOpenModal(workspace, taken))
    throw new SlackRefusal('duplicate_external_id', [`external_id ${String(external_id)} is in use`]);
  return view as SlackArguments;
}

function depthOf(modal: OpenModal): number {
  return modal.previous ? 1 + depthOf(modal.previous) : 1;
}

function answered(modal: OpenModal, workspace: SlackWorkspace): SlackAnswer {
  return { ok: true, view: wireView(modal, workspace) };
}
