/** The texts of `adminctl --help` and `adminctl help TOPIC`. docs/adminctl.md has them too. */
import { EXIT_CODES } from './exit-codes.ts';

/** One screen of 80 columns: examples first, then what there is, by task. A test compares it with the commands. */
export const ROOT_HELP = `adminctl runs an AI phone receptionist: tenants, plans, flags, and the callers who
need a human.

FIRST STEPS
  $ adminctl init                            a key for you, and the daemon's line
  $ adminctl stack up --embedded             a daemon on this machine, without Docker
  $ adminctl tenant import t1.yaml
  $ adminctl set-plan   --tenant t1 --plan core --admin-user lex
  $ adminctl set-flag   --tenant t1 --flag allow_rag --enable true
  $ adminctl simulate call --tenant t1       call it; you type, it answers
  $ adminctl fallback list                   who needs a human, most urgent first

TENANTS
  tenant         list | show | create | update | import | export
  number         list | add | remove | connect | reconcile
  set-plan       put a tenant on a plan
  set-flag       make or remove a tenant's own setting of a flag
  show-flags     every flag as it is for a tenant, and why; or those that could go
  rollout        a flag for a share of the tenants; status | stop

CALLS
  fallback       [list] | show | triage | watch | ack | assign | engage | join | note
                 | tag | resolve | reopen | report | learn | replay | export
  oncall         show | set | override
  conversation   list | show
  simulate       call | text

OPERATION
  doctor         what keeps the phone from being answered, and what to do
  stack          up | down | status | logs | reset
  audit          list
  migrate        status | up | down | new | lint | backfill | verify | contract
                 | baseline | drift | copy
  init, token    a fresh key; one bearer token, for curl
  completion     bash | zsh | fish: the Tab key
  help           exit-codes | settings | scripts

Every command: --json, --help (with examples), --admin-user, --api-url, --timeout,
--env-file, --yes, --no-input, --no-color
`;

export const TOPICS: Readonly<Record<string, string>> = {
  'exit-codes': `EXIT CODES

${Object.entries(EXIT_CODES)
  .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
  .join('\n')}

Several ids: each is tried, and the code is the highest of theirs.
With --json the code is the same, and stdout has {"error":{"code","message","hint"}}.
`,
  settings: `SETTINGS

A flag counts first, then the environment, then ~/.adminctl.env (or the file that --env-file
or ADMINCTL_ENV_FILE names), which nobody else may read: mode 0600. A secret is never an argument.

  ADMIN_PRIVATE_KEY    shared with the daemon, 32 bytes or more; made by adminctl init
  ADMIN_KEY_ID         of a personal key
  ADMIN_API_URL        where the daemon is; http://localhost:8080
  ADMIN_USER           who you are, for the audit; your login name
  TWILIO_AUTH_TOKEN    the daemon's, for number, simulate and doctor; TWILIO_ACCOUNT_SID too
  TWILIO_API_URL       Twilio's; for tests and proxies
  PUBLIC_URL           the daemon's; for simulate the address of the API where left out
  RECEPTIONISTD        program that migrate and stack run; the one of the checkout, or in PATH

ADMIN_PRIVATE_KEY_FILE and TWILIO_AUTH_TOKEN_FILE name files that hold the secret.
NO_COLOR, FORCE_COLOR and TERM=dumb are honoured.
`,
  scripts: `SCRIPTS

--json prints the API's answer as it came, lists with all their pages in one document:
  $ adminctl fallback list --json | jq '.items[].caller'

-o name prints ids alone, and - reads them, or what --json printed:
  $ adminctl fallback list --tag spam -o name | adminctl fallback resolve - --notes spam
  {"results":[{"id":"fb_…","ok":true,"error":null}]}        with --json

Questions are asked on a terminal only; --yes answers them, --no-input leaves them out.
Results go to stdout, all else to stderr.
`,
};
