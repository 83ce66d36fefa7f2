/** Our flags for code that speaks OpenFeature (https://openfeature.dev/specification): the targeting key is the tenant. */

import {
  ErrorCode,
  type EvaluationContext,
  FlagNotFoundError,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderNotReadyError,
  type ResolutionDetails,
  TargetingKeyMissingError,
  TypeMismatchError,
} from '@openfeature/server-sdk';
import { type Flag, type FlagEvaluation, flagNamed } from '@receptionist/core';
import type { FlagNews, FlagReader } from './reader.ts';

/**
 * Gives what `FlagReader.evaluate` gives. Where nothing is known that is the flag's safe value with the reason `ERROR` and no
 * error code: with one, OpenFeature would answer the default of whoever asks, and what is safe is for the flag to say.
 */
export function createFlagProvider(
  flags: Pick<FlagReader, 'evaluate' | 'evaluateNow' | 'versionOf' | 'look' | 'health' | 'watch'>,
): Provider {
  const events = new OpenFeatureEventEmitter();
  let unwatch = () => {};

  async function resolveBoolean(
    name: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    const flag = known(name);
    const tenant_id = context.targetingKey;
    if (!tenant_id)
      throw new TargetingKeyMissingError('the targeting key names the tenant, and there is none');
    const evaluation = flags.evaluateNow(tenant_id, flag) ?? (await flags.evaluate(tenant_id, flag));
    return details(evaluation, flags.versionOf(tenant_id));
  }

  /** Every flag is a boolean. */
  async function refuse(name: string): Promise<never> {
    throw new TypeMismatchError(`${known(name)} is a boolean`);
  }

  return {
    metadata: { name: 'receptionist' },
    runsOn: 'server',
    events,
    async initialize() {
      unwatch = flags.watch((news) => events.emit(EVENTS[news], MESSAGES[news]));
      await flags.look();
      if (flags.health() === 'error')
        throw new ProviderNotReadyError('flags cannot be read: check the database');
    },
    async onClose() {
      unwatch();
    },
    resolveBooleanEvaluation: (name, _default, context) => resolveBoolean(name, context),
    resolveStringEvaluation: refuse,
    resolveNumberEvaluation: refuse,
    resolveObjectEvaluation: refuse,
  };
}

function known(name: string): Flag {
  const flag = flagNamed(name);
  if (flag === null) throw new FlagNotFoundError(`there is no flag ${JSON.stringify(name)}`);
  return flag;
}

/** Metadata holds no null. */
function details(
  { enabled, reason, source, safe_value, updated_at, updated_by }: FlagEvaluation,
  version: number | null,
): ResolutionDetails<boolean> {
  return {
    value: enabled,
    variant: enabled ? 'on' : 'off',
    reason,
    flagMetadata: {
      source,
      safe_value,
      ...(updated_at === null ? {} : { updated_at }),
      ...(updated_by === null ? {} : { updated_by }),
      ...(version === null ? {} : { version }),
    },
  };
}

const EVENTS = {
  ready: ProviderEvents.Ready,
  stale: ProviderEvents.Stale,
  error: ProviderEvents.Error,
  changed: ProviderEvents.ConfigurationChanged,
} as const satisfies Record<FlagNews, ProviderEvents>;

const MESSAGES = {
  ready: {},
  stale: { message: 'flags could not be read for 30 s' },
  error: { message: 'flags cannot be read', errorCode: ErrorCode.GENERAL },
  changed: {},
};
