import * as adminRequests from './admin-requests.ts';
import { advanceDue, repairNextActions } from './advancing.ts';
import * as audit from './audit.ts';
import { backlog } from './backlog.ts';
import * as claims from './claims.ts';
import * as conversations from './conversations.ts';
import * as deliveries from './deliveries.ts';
import * as entryEvents from './entry-events.ts';
import * as events from './events.ts';
import { countEntries, listEntries } from './fallback-list.ts';
import * as fallbacks from './fallbacks.ts';
import { fileEntry } from './filing.ts';
import * as flagChanges from './flag-changes.ts';
import * as flags from './flags.ts';
import * as handOffClaims from './hand-off-claims.ts';
import * as handOffs from './hand-offs.ts';
import * as liveCalls from './live-calls.ts';
import * as oncall from './oncall.ts';
import * as outgoingTexts from './outgoing-texts.ts';
import { planTerms } from './plans.ts';
import { threadNews } from './quiet.ts';
import { recordRecording } from './recordings.ts';
import { report } from './report.ts';
import { rolloutFigures } from './rollout-figures.ts';
import * as rolloutPlans from './rollout-plans.ts';
import * as rollouts from './rollouts.ts';
import type { Db } from './schema.ts';
import type { ReadVerbs, Verbs } from './store.ts';
import * as tenantPlans from './tenant-plans.ts';
import * as tenants from './tenants.ts';
import * as texts from './texts.ts';

/** Verbs that still want to know the database. */
type Unbound<Bound> = {
  [Name in keyof Bound]: Bound[Name] extends (...args: infer Args) => infer Result
    ? (db: Db, ...args: Args) => Result
    : never;
};

export const readVerbs: Unbound<ReadVerbs> = {
  listTenants: tenants.listTenants,
  getTenant: tenants.getTenant,
  tenantByNumber: tenants.tenantByNumber,
  planTerms,
  planOf: tenantPlans.planOf,
  flagSnapshot: flags.flagSnapshot,
  flagSnapshots: flags.flagSnapshots,
  flagVersion: flagChanges.flagVersion,
  flagChangesSince: flagChanges.flagChangesSince,
  flagSettingsOfAll: flags.flagSettingsOfAll,
  getRollout: rollouts.getRollout,
  rolloutPlans: rolloutPlans.rolloutPlans,
  rolloutFigures,
  liveCalls: liveCalls.liveCalls,
  findCall: conversations.findCall,
  findConversation: conversations.findConversation,
  answeredTurn: conversations.answeredTurn,
  listConversations: conversations.listConversations,
  getConversation: conversations.getConversation,
  hasOptedOut: texts.hasOptedOut,
  findThread: texts.findThread,
  answeredText: texts.answeredText,
  getEvent: events.getEvent,
  listEntries,
  countEntries,
  getEntry: fallbacks.getEntry,
  toldEntry: fallbacks.toldEntry,
  toldEntries: fallbacks.toldEntries,
  entriesOfMessage: deliveries.entriesOfMessage,
  threadNews,
  usedTags: fallbacks.usedTags,
  eventPosition: entryEvents.eventPosition,
  eventsAfter: entryEvents.eventsAfter,
  report,
  getDelivery: deliveries.getDelivery,
  dueDestinations: claims.dueDestinations,
  getHandOff: handOffs.getHandOff,
  handOffOfCall: handOffs.handOffOfCall,
  handOffOfLeg: handOffs.handOffOfLeg,
  getOnCall: oncall.getOnCall,
  listAudit: audit.listAudit,
  backlog,
};

export const verbs: Unbound<Verbs> = {
  ...readVerbs,
  getTenant: tenants.holdTenant,
  findCall: conversations.holdCall,
  getEntry: fallbacks.holdEntry,
  getDelivery: deliveries.holdDelivery,
  createTenant: tenants.createTenant,
  replaceTenant: tenants.replaceTenant,
  putOnPlan: tenantPlans.putOnPlan,
  deferPlan: tenantPlans.deferPlan,
  applyDuePlans: tenantPlans.applyDuePlans,
  setFlag: flags.setFlag,
  unsetFlag: flags.unsetFlag,
  setRollout: rollouts.setRollout,
  setRolloutPlan: rolloutPlans.setRolloutPlan,
  claimDueRolloutStep: rolloutPlans.claimDueRolloutStep,
  haltRollout: rolloutPlans.haltRollout,
  clearRolloutPlan: rolloutPlans.clearRolloutPlan,
  holdCallSlot: liveCalls.holdCallSlot,
  beginConversation: conversations.beginConversation,
  recordTurn: conversations.recordTurn,
  endConversation: conversations.endConversation,
  findThread: texts.holdThread,
  beginThread: texts.beginThread,
  recordIncomingText: texts.recordIncomingText,
  claimIdleThread: texts.claimIdleThread,
  endThread: texts.endThread,
  optOut: texts.optOut,
  optIn: texts.optIn,
  queueText: outgoingTexts.queueText,
  claimTexts: outgoingTexts.claimTexts,
  recordSending: outgoingTexts.recordSending,
  giveUpTexts: outgoingTexts.giveUpTexts,
  findOutgoingText: outgoingTexts.findOutgoingText,
  recordReplyText: outgoingTexts.recordReplyText,
  recordTextStatus: outgoingTexts.recordTextStatus,
  emitEscalate: events.emitEscalate,
  claimEvents: events.claimEvents,
  fileEntry,
  moveEntry: fallbacks.moveEntry,
  advanceDue,
  numberEvents: entryEvents.numberEvents,
  claimSends: claims.claimSends,
  recordDelivery: deliveries.recordDelivery,
  blockDestination: claims.blockDestination,
  forgetDigest: claims.forgetDigest,
  passOn: deliveries.passOn,
  repairNextActions,
  queueNotice: deliveries.queueNotice,
  getHandOff: handOffs.holdHandOffById,
  beginHandOff: handOffs.beginHandOff,
  joinEntry: handOffs.joinEntry,
  claimHandOffs: handOffClaims.claimHandOffs,
  tellHandOff: handOffs.tellHandOff,
  releaseHandOff: handOffClaims.releaseHandOff,
  recordRecording,
  getOnCall: oncall.holdOnCall,
  putOnCall: oncall.putOnCall,
  addOverride: oncall.addOverride,
  useTokenOnce: adminRequests.useTokenOnce,
  findAnswer: adminRequests.findAnswer,
  keepAnswer: adminRequests.keepAnswer,
  recordAudit: audit.recordAudit,
  forgetExpired,
};

async function forgetExpired(db: Db, now: string): Promise<void> {
  await adminRequests.forgetExpiredRequests(db, now);
  await conversations.forgetOldReplies(db, now);
  await oncall.forgetOldOverrides(db, now);
  await flagChanges.forgetOldFlagChanges(db, now);
}

/** The verbs on one database; `beforeEach` may refuse by throwing. */
export function bind<Bound extends object>(unbound: Unbound<Bound>, db: Db, beforeEach = () => {}): Bound {
  const bound = Object.entries<(db: Db, ...args: unknown[]) => unknown>(unbound as never).map(
    ([name, verb]) => [
      name,
      async (...args: unknown[]) => {
        beforeEach();
        return verb(db, ...args);
      },
    ],
  );
  return Object.fromEntries(bound) as Bound;
}
