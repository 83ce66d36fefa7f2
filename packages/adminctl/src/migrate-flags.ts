/** Flags and arguments that several commands of `migrate` have. */
import { Args, Flags } from '@oclif/core';

const A_MIGRATION = 'a migration as migrate status lists it, or its number';

export const toFlag = Flags.custom<string>({ description: A_MIGRATION, helpValue: 'ID' });

export const migrationArg = Args.custom<string>({ description: A_MIGRATION, ignoreStdin: true });

export const waitFlag = Flags.integer({
  description: 'how long to wait for another migrator [120]',
  helpValue: 'SECONDS',
  min: 0,
  max: 86_400,
});

export const canaryFlag = Flags.string({
  description: 'with TENANCY=schema: this tenant first, and nobody else if it fails',
  helpValue: 'TENANT',
});

export const jobsFlag = Flags.integer({
  description: 'with TENANCY=schema: how many tenants at once [4]',
  helpValue: 'N',
  min: 1,
  max: 64,
});

export const unthrottledFlag = Flags.boolean({ description: 'as fast as it can, whoever waits' });

export const folderFlag = Flags.string({
  description: 'where the files stand [packages/store/migrations of the checkout]',
  helpValue: 'PATH',
});
