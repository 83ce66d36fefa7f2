/**
 * Every setting of the daemon: one schema, which also is the table that docs/settings.md shows.
 * A message completes the sentence "NAME must be …".
 */
import { z } from 'zod';
import { PROVIDERS } from './models/ai-sdk.ts';
import {
  accountSid,
  accounts,
  databaseUrl,
  httpAddress,
  oneOf,
  pageAddress,
  phoneNumber,
  postgresUrl,
  qdrantAddress,
  redisAddress,
  text,
  wholeNumber,
} from './setting-kinds.ts';

/** What a person must know about a setting, beside its name and default. */
interface Notes {
  meaning: string;
  example: string;
  /** Never printed, and readable from the file that NAME_FILE names. `password`: an address, of which only that is secret. */
  secret: boolean | 'password';
  /** Stands in for the default in the documentation, where that is computed. */
  computed?: string;
  /** Accepted already, but nothing reads it yet: said once in the log. */
  unused?: boolean;
}

const notes = z.registry<Notes>();

const ENVIRONMENTS = ['local', 'test', 'staging', 'production'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const open = { secret: false } as const;
const secret = { secret: true } as const;
const later = { secret: false, unused: true } as const;

const provider = (meaning: string) =>
  oneOf(PROVIDERS)
    .optional()
    .register(notes, { ...open, example: 'openai', meaning });
const model = (of: string) =>
  text()
    .optional()
    .register(notes, { ...open, example: 'gpt-5-mini', meaning: `The model of \`${of}\`.` });
const modelKey = (of: string) =>
  text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'the key of the provider',
      meaning: `The key for \`${of}\`.`,
    });
const modelAddress = (of: string) =>
  httpAddress()
    .optional()
    .register(notes, {
      ...open,
      example: 'http://127.0.0.1:11434/v1',
      meaning: `The address of \`${of}\`, for \`openai-compatible\`, tests and proxies.`,
    });

export const settingsSchema = z.object({
  APP_ENV: oneOf(ENVIRONMENTS)
    .default('local')
    .register(notes, {
      ...open,
      example: 'production',
      meaning: `${ENVIRONMENTS.map((name) => `\`${name}\``).join(', ')}. In \`production\` the daemon does not start without its secrets, with an example's values, or with no alert channel that reaches a human.`,
    }),
  HOST: text()
    .default('127.0.0.1')
    .register(notes, {
      ...open,
      example: '0.0.0.0',
      meaning: 'The address that the daemon listens on.',
    }),
  PORT: wholeNumber(0, 65_535)
    .default(8080)
    .register(notes, {
      ...open,
      example: '8080',
      meaning: 'The port that the daemon listens on. `0` picks a free one; the log line `listening` has it.',
    }),
  PUBLIC_URL: httpAddress()
    .optional()
    .register(notes, {
      ...open,
      example: 'https://phone.example.com',
      computed: '`http://HOST:PORT`',
      meaning:
        'The address that Twilio and Slack know. Signatures are computed over it plus the path and query as sent, never over request headers.',
    }),
  TRUST_PROXY: wholeNumber(0, 32)
    .default(0)
    .register(notes, {
      ...open,
      example: '1',
      meaning: "How many proxies in front are believed about the client's address (rate limits, audit).",
    }),
  DATABASE_URL: databaseUrl().default('sqlite:./var/receptionist.db').register(notes, {
    secret: 'password',
    example: 'postgres://receptionist:secret@db.example.com/receptionist?sslmode=verify-full',
    meaning:
      '`sqlite:PATH`, relative to the working directory, or `postgres://…` (15 or newer), with `sslmode` (`disable`, `require`, `verify-ca`, `verify-full`), `sslrootcert`, `sslcert` and `sslkey` as libpq has them.',
  }),
  DATABASE_DIRECT_URL: postgresUrl()
    .optional()
    .register(notes, {
      ...secret,
      example: 'postgres://receptionist:secret@db.example.com/receptionist',
      meaning: 'The same Postgres past a pooler in transaction mode, for migrations. Unset: `DATABASE_URL`.',
    }),
  DATABASE_POOL_SIZE: wholeNumber(1, 500)
    .default(10)
    .register(notes, {
      ...open,
      example: '20',
      meaning: 'Connections to Postgres at most, for each daemon.',
    }),
  REDIS_URL: redisAddress().optional().register(notes, {
    secret: 'password',
    example: 'redis://127.0.0.1:6379',
    meaning:
      'Carries the rings between daemons (BullMQ), so that one that answers calls wakes one that alerts, and keeps flags. It may be emptied and go away: the database alone is the truth. Unset: each daemon looks each second.',
  }),
  REDIS_CACHE_URL: redisAddress().optional().register(notes, {
    secret: 'password',
    example: 'redis://127.0.0.1:6380',
    meaning: 'Another Redis for the cache of flags: that of a queue must not evict. Unset: `REDIS_URL`.',
  }),
  VECTOR_URL: qdrantAddress()
    .optional()
    .register(notes, {
      ...later,
      example: 'qdrant+http://127.0.0.1:6333',
      meaning: 'Where passages are searched. Unset: in the database.',
    }),
  QDRANT_API_KEY: text()
    .optional()
    .register(notes, {
      ...secret,
      unused: true,
      example: 'the-key-of-your-qdrant',
      meaning: 'The key for `VECTOR_URL`.',
    }),
  ADMIN_PRIVATE_KEY: text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'what `adminctl init` prints',
      meaning:
        'The shared secret of the admin tokens, at least 32 bytes. Unset: `/admin` answers 503 `admin_disabled`.',
    }),
  ADMIN_PRIVATE_KEY_PREVIOUS: text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'the key before the present one',
      meaning: 'Accepted too, while keys are rotated.',
    }),
  TWILIO_ACCOUNT_SID: accountSid()
    .optional()
    .register(notes, {
      ...open,
      example: 'AC00000000000000000000000000000000',
      meaning: 'The account whose requests are accepted. Unset: any that signs with the token.',
    }),
  TWILIO_AUTH_TOKEN: text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'the primary auth token of the account',
      meaning: 'Checks the signature of every request. Unset: every Twilio request is refused.',
    }),
  TWILIO_AUTH_TOKEN_PREVIOUS: text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'the token before the present one',
      meaning: 'Accepted too, while tokens are rotated.',
    }),
  TWILIO_ACCOUNTS: accounts()
    .optional()
    .register(notes, {
      ...secret,
      example: 'AC11111111111111111111111111111111:its-auth-token',
      meaning: 'Subaccounts and their tokens: `ACsid:token,…`.',
    }),
  TWILIO_PHONE_NUMBER: phoneNumber()
    .optional()
    .register(notes, {
      ...open,
      example: '+15005550006',
      meaning:
        "The number that alerts by text and call come from. Unset: the first number of the alert's tenant.",
    }),
  TWILIO_API_URL: httpAddress()
    .default('https://api.twilio.com')
    .register(notes, {
      ...open,
      computed: "Twilio's",
      example: 'http://127.0.0.1:4010',
      meaning: 'The base address of REST calls, for tests and proxies.',
    }),
  SLACK_BOT_TOKEN: text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'xoxb-…',
      meaning: 'Posts alerts (scope `chat:write`). Unset: alerts go to the log.',
    }),
  SLACK_CHANNEL: text()
    .default('#human-fallback')
    .register(notes, {
      ...open,
      example: 'C0123456789',
      meaning:
        'Where alerts are posted, a name or an id. A tenant with another `slack_channel` than the default has its own.',
    }),
  SLACK_SIGNING_SECRET: text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'from "Basic Information" of your Slack app',
      meaning:
        'Checks what Slack sends; without it alerts have no buttons. Required in production together with the bot token.',
    }),
  SLACK_API_URL: httpAddress()
    .default('https://slack.com/api')
    .register(notes, {
      ...open,
      computed: '`https://slack.com/api/`',
      example: 'http://127.0.0.1:4011/api/',
      meaning: "The base address of Slack's API, for tests and proxies.",
    }),
  PAGERDUTY_ROUTING_KEY: text()
    .optional()
    .register(notes, {
      ...secret,
      example: 'the integration key of a PagerDuty service',
      meaning: 'Opens incidents (Events API v2). Unset: steps that name `pagerduty` are skipped.',
    }),
  PAGERDUTY_WEBHOOK_SECRET: text()
    .optional()
    .register(notes, {
      ...secret,
      example: "from the webhook's page in PagerDuty",
      meaning:
        'Checks what PagerDuty sends to `/pagerduty/webhook`. Unset: acknowledgements made in PagerDuty do not arrive.',
    }),
  PAGERDUTY_API_URL: httpAddress()
    .default('https://events.pagerduty.com')
    .register(notes, {
      ...open,
      computed: '`https://events.pagerduty.com`',
      example: 'http://127.0.0.1:4012',
      meaning: "The base address of PagerDuty's API, for tests and proxies.",
    }),
  RUNBOOK_URL: pageAddress()
    .optional()
    .register(notes, {
      ...open,
      example: 'https://wiki.example.com/receptionist-runbook',
      meaning: 'Linked in alerts. Unset: they name docs/runbook.md.',
    }),
  HEARTBEAT_URL: pageAddress()
    .optional()
    .register(notes, {
      ...secret,
      example: 'https://heartbeat.example.com/ping/receptionist',
      meaning: 'Asked for (GET) each minute while all is well, so that silence itself raises an alarm.',
    }),
  LLM_PROVIDER: provider('Whose language model answers. Unset: the built-in receptionist does.'),
  LLM_MODEL: model('LLM_PROVIDER'),
  LLM_API_KEY: modelKey('LLM_PROVIDER'),
  LLM_BASE_URL: modelAddress('LLM_PROVIDER'),
  LLM_FALLBACK_PROVIDER: provider(
    'Whose model is next in line when the first fails; the built-in one is last.',
  ),
  LLM_FALLBACK_MODEL: model('LLM_FALLBACK_PROVIDER'),
  LLM_FALLBACK_API_KEY: modelKey('LLM_FALLBACK_PROVIDER'),
  LLM_FALLBACK_BASE_URL: modelAddress('LLM_FALLBACK_PROVIDER'),
  TENANCY: oneOf(['shared', 'schema'])
    .default('shared')
    .register(notes, {
      ...open,
      example: 'schema',
      meaning: '`schema`: on Postgres, what callers said and booked lives in a schema for each tenant.',
    }),
  EMBEDDING_MODEL: text()
    .optional()
    .register(notes, {
      ...later,
      example: 'text-embedding-3-small',
      meaning: 'Of the same provider. Unset: documents are searched by their words alone.',
    }),
  LOG_LEVEL: oneOf(LOG_LEVELS)
    .default('info')
    .register(notes, {
      ...open,
      example: 'debug',
      meaning: `${LOG_LEVELS.map((level) => `\`${level}\``).join(', ')}. Stack traces are logged at \`debug\`.`,
    }),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpAddress()
    .optional()
    .register(notes, {
      ...later,
      example: 'http://127.0.0.1:4318',
      meaning: 'Where traces are sent.',
    }),
});

export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

export interface Setting {
  name: SettingName;
  /** As the documentation shows it. */
  default: string | null;
  meaning: string;
  example: string;
  secret: Notes['secret'];
  unused: boolean;
}

/** The table of settings, in the order of the documentation. */
export const SETTINGS: readonly Setting[] = Object.entries(settingsSchema.shape).map(([name, schema]) => {
  const { computed, unused = false, ...note } = notes.get(schema) as Notes;
  const fallback = schema instanceof z.ZodDefault ? `\`${schema.def.defaultValue}\`` : null;
  return { name: name as SettingName, default: computed ?? fallback, unused, ...note };
});
