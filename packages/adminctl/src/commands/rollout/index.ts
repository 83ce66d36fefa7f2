import { Flags, type Interfaces } from '@oclif/core';
import { type AdminClient, type Answer, ROUTES, type Routes } from '@receptionist/admin-api';
import { AdminCommand } from '../../base-command.ts';
import { untilFrom } from '../../moments.ts';
import { dryRunFlag, flagFlag, haltIfFlag, percentFlag, stepFlag, tenantFlag } from '../../named-flags.ts';
import { changeInWords, rolloutInWords } from '../../rollout-words.ts';

type RolloutChange = Answer<Routes['putRollout']>;

export default class Rollout extends AdminCommand {
  static override summary = 'Give a flag to a share of the tenants';
  static override description = [
    'Shows first whom that adds and removes, and asks on a terminal. A higher percentage only adds, a lower one only',
    'removes. With --step it goes on over days; with --halt-if it stops and goes back by itself where calls suffer.',
    'Without --percent and --step it says who is in it.',
  ].join('\n');
  static override examples = [
    'adminctl rollout --flag allow_rag --percent 25 --dry-run',
    'adminctl rollout --flag allow_rag --percent 10 --tenant t1 --tenant t7',
    "adminctl rollout --flag allow_rag --percent 10 --step 50@2d --step 100@4d --halt-if 'escalation_rate > +20%'",
    'adminctl rollout --flag allow_rag',
  ];
  static override flags = {
    flag: flagFlag({ required: true }),
    percent: percentFlag(),
    tenant: tenantFlag({
      multiple: true,
      multipleNonGreedy: true,
      description:
        'id of a tenant that is in it whatever the percentage; may repeat, in place of those before',
      dependsOn: ['percent'],
    }),
    'starts-at': Flags.string({
      description: 'before it nothing changes: a time, or in 2h',
      helpValue: 'WHEN',
      dependsOn: ['percent'],
    }),
    step: stepFlag({
      multiple: true,
      multipleNonGreedy: true,
      description: 'a later percentage, and when; may repeat',
      exclusive: ['tenant', 'starts-at'],
    }),
    'halt-if': haltIfFlag({ exclusive: ['tenant', 'starts-at'] }),
    'dry-run': dryRunFlag,
  };

  override async run() {
    const { flags } = await this.parse(Rollout);
    const client = this.client(flags);
    const params = { flag: flags.flag };
    const change = changeOf(flags, client);
    if (change === null) {
      const rollout = await client.call(ROUTES.getRollout, { params });
      this.log(rolloutInWords(rollout));
      return rollout;
    }
    const foretold = await change({ dry_run: true });
    if (flags['dry-run']) {
      this.log(changeInWords(foretold, 'would'));
      return foretold;
    }
    this.logToStderr(changeInWords(foretold, 'would'));
    await this.orNothing('Go on?', flags);
    const done = await change({ dry_run: false });
    this.log(changeInWords(done, 'did'));
    this.next(`adminctl rollout status --flag ${flags.flag}`);
    return done;
  }
}

type RolloutFlags = Interfaces.InferredFlags<typeof Rollout.flags>;

/** What was asked for, to be foretold and to be done; null where nothing is to be changed. */
function changeOf(
  { flag, percent, tenant: tenants, step: later = [], ...flags }: RolloutFlags,
  client: AdminClient,
): ((query: { dry_run: boolean }) => Promise<RolloutChange>) | null {
  const halt_if = flags['halt-if'] ?? null;
  const params = { flag };
  if (later.length > 0 || halt_if !== null) {
    const steps = percent === undefined ? later : [{ percent }, ...later];
    return (query) => client.call(ROUTES.putRolloutPlan, { params, query, body: { steps, halt_if } });
  }
  if (percent === undefined) return null;
  const starts_at = flags['starts-at'] === undefined ? undefined : untilFrom(flags['starts-at'], new Date());
  const body = { percent, ...(tenants && { tenants }), ...(starts_at && { starts_at }) };
  return (query) => client.call(ROUTES.putRollout, { params, query, body });
}
