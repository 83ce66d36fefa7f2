/** Reads the settings, once, and says everything that is wrong with them at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isPlaceholder } from '@receptionist/core';
import dotenv from 'dotenv';
import { PROVIDERS } from './models/ai-sdk.ts';
import { SETTINGS, type Setting, type SettingName, type Settings, settingsSchema } from './settings.ts';

export type Config = Readonly<Settings>;

/** The daemon cannot start like this. A mistake a line, each naming its setting; no secret is in there. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

type Values = Partial<Record<SettingName, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of `environment`, over those of `.env` in `directory`.
 * @throws ConfigError
 */
export function readConfig({
  environment,
  directory,
}: {
  environment: Environment;
  directory: string;
}): Config {
  const mistakes: string[] = [];
  const fromFile = valuesOf(readDotenv(directory, mistakes), directory, mistakes);
  const values = { ...fromFile, ...valuesOf(environment, directory, mistakes) };
  const parsed = settingsSchema.safeParse(withoutEmpty(values));
  mistakes.push(...(parsed.error?.issues ?? []).map((issue) => explain(values, issue)));
  mistakes.push(...RULES.flatMap((rule) => rule(withoutEmpty(values))));
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return parsed.data;
}

function readDotenv(directory: string, mistakes: string[]): Environment {
  try {
    return dotenv.parse(readFileSync(path.join(directory, '.env')));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      mistakes.push(`.env cannot be read (${codeOf(error)}): mend its permissions, or remove it`);
    return {};
  }
}

/** An empty value stays: in the environment it takes back what `.env` says. */
function valuesOf(environment: Environment, directory: string, mistakes: string[]): Values {
  const values: Values = {};
  for (const { name, secret } of SETTINGS) {
    const value = environment[name]?.trim();
    const file = secret ? environment[`${name}_FILE`] : undefined;
    if (value !== undefined) values[name] = value;
    if (!file) continue;
    if (value) mistakes.push(`${name} and ${name}_FILE are both set: keep one of them`);
    values[name] = readSecret(name, path.resolve(directory, file), mistakes);
  }
  return values;
}

function readSecret(name: SettingName, file: string, mistakes: string[]): string {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (!secret) mistakes.push(`${name}_FILE names ${file}, which is empty: write the secret into it`);
    return secret;
  } catch (error) {
    mistakes.push(
      `${name}_FILE names ${file}, which cannot be read (${codeOf(error)}): mend the path or its permissions`,
    );
    return '';
  }
}

function withoutEmpty(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

function explain(values: Values, issue: { path: PropertyKey[]; message: string }): string {
  const { name, secret, example } = SETTINGS.find((each) => each.name === issue.path[0]) as Setting;
  const found =
    secret === true
      ? 'what was found is another thing (a secret, not shown)'
      : `found "${withoutPassword(values[name] ?? '')}"`;
  return `${name} must be ${issue.message}; ${found}; for example ${name}=${example}`;
}

/** `redis://user:password@host` → `redis://…@host`. */
function withoutPassword(value: string): string {
  return value.replace(/\/\/[^@\s]*@/, '//…@');
}

/** What a schema of single settings cannot say. */
const RULES: readonly ((values: Values) => string[])[] = [
  (values) => weakKey('ADMIN_PRIVATE_KEY', values),
  (values) => weakKey('ADMIN_PRIVATE_KEY_PREVIOUS', values),
  (values) => modelMistakes('LLM', values),
  (values) => modelMistakes('LLM_FALLBACK', values),
  ({ LLM_PROVIDER, LLM_FALLBACK_PROVIDER }) =>
    LLM_FALLBACK_PROVIDER && !LLM_PROVIDER
      ? ['LLM_FALLBACK_PROVIDER is set, and LLM_PROVIDER is not: name the one that is asked first']
      : [],
  ({ TENANCY, DATABASE_URL }) =>
    TENANCY === 'schema' && !DATABASE_URL?.startsWith('postgres')
      ? ['TENANCY is schema, which SQLite does not have: set DATABASE_URL=postgres://…, or leave TENANCY out']
      : [],
  (values) => (values.APP_ENV === 'production' ? productionMistakes(values) : []),
];

/** A model that cannot answer is found at the start, and not by callers. Whoever has an address of their own may need no key. */
function modelMistakes(prefix: 'LLM' | 'LLM_FALLBACK', values: Values): string[] {
  const provider = PROVIDERS.find((each) => each === values[`${prefix}_PROVIDER`]);
  if (!provider) return [];
  const hasOwnAddress = provider === 'openai-compatible' || values[`${prefix}_BASE_URL`];
  return ([`${prefix}_MODEL`, `${prefix}_${hasOwnAddress ? 'BASE_URL' : 'API_KEY'}`] as const)
    .filter((name) => !values[name])
    .map((name) => `${name} is not set, and ${prefix}_PROVIDER=${provider} needs it: set it`);
}

const MAKE_A_KEY = 'run `adminctl init`, which makes a good one and prints the line';

function weakKey(name: SettingName, values: Values): string[] {
  const key = values[name];
  if (!key) return [];
  const bytes = Buffer.byteLength(key);
  if (bytes < 32)
    return [`${name} has ${bytes} bytes, which can be guessed; at least 32 are needed: ${MAKE_A_KEY}`];
  if (isPlaceholder(key)) return [`${name} is a placeholder, which everybody knows: ${MAKE_A_KEY}`];
  if (new Set(key).size === 1)
    return [`${name} is one character repeated, which can be guessed: ${MAKE_A_KEY}`];
  return [];
}

function productionMistakes(values: Values): string[] {
  const missing = (name: SettingName, meaning: string) =>
    values[name] ? [] : [`${name} is not set, and APP_ENV is production: ${meaning}`];
  return [
    ...missing('ADMIN_PRIVATE_KEY', `nobody could administer this daemon; ${MAKE_A_KEY}`),
    ...missing(
      'TWILIO_AUTH_TOKEN',
      'every call would be refused; copy the primary auth token from the Twilio console',
    ),
    ...(values.PAGERDUTY_ROUTING_KEY
      ? []
      : missing(
          'SLACK_BOT_TOKEN',
          'no alert would reach a human; set the bot token of your Slack app, xoxb-…, or PAGERDUTY_ROUTING_KEY',
        )),
    ...(values.SLACK_BOT_TOKEN
      ? missing(
          'SLACK_SIGNING_SECRET',
          'presses in Slack could not be checked; copy it from "Basic Information" of your Slack app',
        )
      : []),
    ...SETTINGS.filter(({ name, secret }) => secret && isPlaceholder(values[name] ?? ''))
      // The two keys were complained about already.
      .filter(({ name }) => !name.startsWith('ADMIN_PRIVATE_KEY'))
      .map(
        ({ name }) =>
          `${name} is a placeholder, and APP_ENV is production: set the real value, or leave it out`,
      ),
  ];
}

/** What the operator should know although the daemon starts. */
export function warningsOf(config: Config): string[] {
  const values = config as Partial<Record<SettingName, unknown>>;
  const defaults: Partial<Record<SettingName, unknown>> = settingsSchema.parse({});
  const unused = SETTINGS.filter(({ name, unused }) => unused && values[name] !== defaults[name]);
  const placeholders = SETTINGS.filter(
    ({ name, secret }) => secret && isPlaceholder(String(values[name] ?? '')),
  );
  return [
    ...unused.map(({ name }) => `${name} is set, but this version does not use it yet`),
    ...placeholders.map(({ name }) => `${name} is a placeholder: set the real value, or leave it out`),
    ...(config.ADMIN_PRIVATE_KEY ? [] : [`ADMIN_PRIVATE_KEY is not set: /admin answers 503; ${MAKE_A_KEY}`]),
    ...(config.TWILIO_AUTH_TOKEN || config.TWILIO_ACCOUNTS
      ? []
      : ['TWILIO_AUTH_TOKEN is not set: every call is refused']),
    ...(config.SLACK_BOT_TOKEN
      ? []
      : [
          'SLACK_BOT_TOKEN is not set: what steps tell Slack goes to this log, where nobody may see it in time',
        ]),
    ...(config.PUBLIC_URL || config.APP_ENV === 'local' || config.APP_ENV === 'test'
      ? []
      : [
          'PUBLIC_URL is not set: signatures are checked against the listening address, which Twilio does not know',
        ]),
  ];
}

/** The settings of the store, under its own names. */
export function storeSettings(config: Config) {
  const { DATABASE_URL: url, DATABASE_DIRECT_URL: directUrl, DATABASE_POOL_SIZE: poolSize } = config;
  return { url, directUrl, poolSize, tenancy: config.TENANCY };
}

/** The values that must never be printed. */
export function secretsOf(config: Config): string[] {
  const values = config as Partial<Record<SettingName, unknown>>;
  return SETTINGS.filter(({ secret }) => secret).flatMap(({ name, secret }) => {
    const value = values[name];
    if (!value) return [];
    if (value instanceof Map) return [...value.values()].map(String);
    return secret === 'password' ? passwordIn(String(value)) : [String(value)];
  });
}

function passwordIn(address: string): string[] {
  const { password } = URL.canParse(address) ? new URL(address) : { password: '' };
  return password ? [password] : [];
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
