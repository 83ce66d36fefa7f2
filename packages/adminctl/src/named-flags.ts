/** Flags that several commands have; what they name is checked before anything is sent. */
import { Args, Errors, Flags } from '@oclif/core';
import { notOneOf } from '@receptionist/admin-api';
import {
  FLAGS,
  type Flag,
  flagNamed,
  HALT_CONDITIONS,
  haltCondition,
  type Instant,
  isPlan,
  PLANS,
  type Plan,
} from '@receptionist/core';
import { CommandError } from './failure.ts';
import { untilFrom } from './moments.ts';

export const planFlag = Flags.custom<Plan>({
  description: `one of ${PLANS.join(', ')}`,
  helpValue: 'PLAN',
  parse: async (name) => {
    if (isPlan(name)) return name;
    throw new Errors.CLIError(notOneOf(name, PLANS));
  },
});

export const flagFlag = Flags.custom<Flag>({
  description: `one of ${FLAGS.join(', ')}`,
  helpValue: 'FLAG',
  parse: async (name) => {
    const flag = flagNamed(name);
    if (flag) return flag;
    throw new Errors.CLIError(notOneOf(name, FLAGS));
  },
});

/** `true` or `false`; whoever means `on` must say so. */
export const trueFalseFlag = Flags.custom<boolean>({
  description: 'true or false',
  helpValue: 'true|false',
  parse: async (text) => {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new Errors.CLIError(`"${text}" is neither true nor false.`);
  },
});

export const percentFlag = Flags.custom<number>({
  description: 'of the tenants whose plan includes the flag: 0 to 100, two decimals at most',
  helpValue: 'PERCENT',
  parse: async (text) => percentOf(text),
});

export interface Step {
  percent: number;
  at: Instant;
}

/** `50@2d` or `50@2026-12-01T09:00Z`. */
export const stepFlag = Flags.custom<Step>({
  helpValue: 'PERCENT@WHEN',
  parse: async (text) => {
    const [percent = '', when] = text.split('@');
    if (when === undefined) throw new Errors.CLIError(`"${text}" does not say when. For example: ${text}@2d`);
    return { percent: percentOf(percent), at: untilFrom(when, new Date()) };
  },
});

function percentOf(text: string): number {
  if (/^\d{1,3}(\.\d{1,2})?$/.test(text) && Number(text) <= 100) return Number(text);
  throw new Errors.CLIError(`"${text}" is no percentage: 0 to 100, with two decimals at most.`);
}

export const haltIfFlag = Flags.custom<string>({
  description: `stop and go back by itself: ${HALT_CONDITIONS}`,
  helpValue: 'CONDITION',
  parse: async (text) => {
    if (haltCondition(text)) return text;
    throw new Errors.CLIError(`"${text}" is no condition. Write one of: ${HALT_CONDITIONS}.`);
  },
});

export const dryRunFlag = Flags.boolean({ description: 'only show what would change' });

const OUTPUTS = ['table', 'name', 'json'] as const;
export type Output = (typeof OUTPUTS)[number];

export const listFlags = {
  limit: Flags.integer({ description: 'at most so many [all]', helpValue: 'N', min: 1, max: 100_000 }),
  output: Flags.custom<Output>({ options: OUTPUTS })({
    char: 'o',
    description: 'a table, names alone (one a line), or JSON',
    default: 'table',
  }),
};

/** Many commands take the tenant as their argument too, which is shorter to type. */
export const tenantArg = Args.string({ name: 'tenant', description: 'id of the tenant', ignoreStdin: true });
export const tenantFlag = Flags.custom<string>({ description: 'id of the tenant', helpValue: 'TENANT' });

/** @throws CommandError `usage` unless exactly one tenant was named */
export function theTenant({
  args,
  flags,
}: {
  args: { tenant?: string | undefined };
  flags: { tenant?: string | undefined };
}): string {
  const named = new Set([args.tenant, flags.tenant].filter((id) => id !== undefined));
  const [tenant] = named;
  if (tenant !== undefined && named.size === 1) return tenant;
  throw new CommandError(
    'usage',
    named.size === 0 ? 'Which tenant? TENANT is missing.' : 'Two tenants were named.',
  );
}
