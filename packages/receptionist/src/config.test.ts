import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isPlaceholder } from '@receptionist/core';
import dotenv from 'dotenv';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig, secretsOf, warningsOf } from './config.ts';
import { SETTINGS } from './settings.ts';

const GOOD_KEY = 'k4Jq0xW9b2TzR7mVd1LsPf8HnYc3GaUe';
const PRODUCTION = {
  APP_ENV: 'production',
  ADMIN_PRIVATE_KEY: GOOD_KEY,
  TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
  SLACK_BOT_TOKEN: 'xoxb-1-2-3',
  SLACK_SIGNING_SECRET: 'f00dfeed',
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'config-'));
});

const read = (environment: Record<string, string>) => readConfig({ environment, directory });

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

function file(name: string, text: string): string {
  const full = path.join(directory, name);
  writeFileSync(full, text);
  return full;
}

describe('where settings come from', () => {
  it('starts with nothing set', () => {
    expect(read({})).toMatchObject({
      APP_ENV: 'local',
      HOST: '127.0.0.1',
      PORT: 8080,
      DATABASE_URL: 'sqlite:./var/receptionist.db',
    });
  });

  it('lets the environment win over .env, also with an empty value', () => {
    file('.env', 'PORT=1\nHOST=0.0.0.0\nRUNBOOK_URL=https://a.example/\n');
    const config = read({ PORT: '2', RUNBOOK_URL: '' });
    expect(config).toMatchObject({ PORT: 2, HOST: '0.0.0.0' });
    expect(config.RUNBOOK_URL).toBeUndefined();
  });

  it('reads a secret from the file that NAME_FILE names, without its line break', () => {
    expect(read({ ADMIN_PRIVATE_KEY_FILE: file('key', `${GOOD_KEY}\n`) }).ADMIN_PRIVATE_KEY).toBe(GOOD_KEY);
  });

  it.each([
    ['a file that is not there', { TWILIO_AUTH_TOKEN_FILE: 'nowhere' }, /TWILIO_AUTH_TOKEN_FILE.*ENOENT/],
    ['the secret and a file', { TWILIO_AUTH_TOKEN: 'a', TWILIO_AUTH_TOKEN_FILE: 'nowhere' }, /both set/],
  ])('refuses %s', (_what, environment, said) => {
    expect(mistakesOf(environment)).toContainEqual(expect.stringMatching(said));
  });
});

describe('what a setting may be', () => {
  it.each([
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['APP_ENV', 'prod'],
    ['LOG_LEVEL', 'loud'],
    ['TRUST_PROXY', 'true'],
    ['PUBLIC_URL', 'phone.example.com'],
    ['PUBLIC_URL', 'ftp://phone.example.com'],
    ['PUBLIC_URL', 'https://phone.example.com/?a=1'],
    ['PUBLIC_URL', 'https://phone.example.com/#rc=2'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['DATABASE_URL', 'postgres:localhost/x'],
    ['DATABASE_URL', 'sqlite:'],
    ['TWILIO_ACCOUNT_SID', 'SK0123'],
    ['TENANCY', 'row'],
    ['LLM_PROVIDER', 'skynet'],
    ['REDIS_URL', 'http://127.0.0.1'],
    ['RUNBOOK_URL', 'wiki'],
  ])('refuses %s=%s, and names the setting, the value and an example', (name, value) => {
    const [mistake, ...more] = mistakesOf({ [name]: value });
    expect(more).toEqual([]);
    expect(mistake).toMatch(
      new RegExp(`^${name} must be .*found "${RegExp.escape(value)}".*for example ${name}=.`),
    );
  });

  it.each([
    [{ LLM_PROVIDER: 'openai', LLM_MODEL: 'gpt-5-mini' }, 'LLM_API_KEY'],
    [{ LLM_PROVIDER: 'anthropic', LLM_API_KEY: 'key' }, 'LLM_MODEL'],
    [{ LLM_PROVIDER: 'openai-compatible', LLM_MODEL: 'm' }, 'LLM_BASE_URL'],
    [
      { LLM_FALLBACK_PROVIDER: 'openai', LLM_FALLBACK_MODEL: 'm', LLM_FALLBACK_API_KEY: 'key' },
      'LLM_PROVIDER',
    ],
  ])('names what a model lacks: %j', (settings, lacking) => {
    expect(mistakesOf(settings)).toEqual([expect.stringMatching(`\\b${lacking} is not`)]);
  });

  it('takes a model at an address of its own without a key', () => {
    const own = { LLM_PROVIDER: 'openai', LLM_MODEL: 'm', LLM_BASE_URL: 'http://127.0.0.1:11434/v1' };
    expect(mistakesOf(own)).toEqual([]);
  });

  it.each(['sqlite:x.db', 'postgres://me:sesame@host/db', 'postgresql://host/db?sslmode=require'])(
    'takes the database %s',
    (url) => expect(read({ DATABASE_URL: url }).DATABASE_URL).toBe(url),
  );

  it('reports every mistake at once', () => {
    expect(mistakesOf({ PORT: 'x', APP_ENV: 'x', ADMIN_PRIVATE_KEY: 'short' })).toHaveLength(3);
  });

  it('never shows a secret', () => {
    const said = mistakesOf({ TWILIO_ACCOUNTS: 'sesame', ADMIN_PRIVATE_KEY: 'sesame' }).join('\n');
    expect(said).toContain('TWILIO_ACCOUNTS must be');
    expect(said).not.toContain('sesame');
    expect(mistakesOf({ DATABASE_URL: 'mysql://me:sesame@host/db' })[0]).toContain('"mysql://…@host/db"');
  });

  it('takes PUBLIC_URL without the slash at its end', () => {
    expect(read({ PUBLIC_URL: 'https://phone.example.com/base/' }).PUBLIC_URL).toBe(
      'https://phone.example.com/base',
    );
  });

  it('wants Postgres for a schema for each tenant', () => {
    expect(mistakesOf({ TENANCY: 'schema' })).toEqual([
      expect.stringMatching(/^TENANCY is schema, which SQLite/),
    ]);
    expect(mistakesOf({ TENANCY: 'schema', DATABASE_URL: 'postgres://host/db' })).toEqual([]);
  });

  it('reads subaccounts', () => {
    const { TWILIO_ACCOUNTS } = read({ TWILIO_ACCOUNTS: 'AC1:one, AC2:two' });
    expect([...(TWILIO_ACCOUNTS ?? [])]).toEqual([
      ['AC1', 'one'],
      ['AC2', 'two'],
    ]);
  });
});

describe('the admin key', () => {
  it.each([
    ['31 bytes', 'k4Jq0xW9b2TzR7mVd1LsPf8HnYc3GaU'],
    ['a repeated character', 'a'.repeat(64)],
    ['a placeholder', 'change-me-change-me-change-me-change-me'],
    ['another placeholder', 'replace-me-with-the-key-that-adminctl-init-prints'],
  ])('is refused in every environment: %s', (_what, key) => {
    expect(mistakesOf({ ADMIN_PRIVATE_KEY: key })).toHaveLength(1);
    expect(mistakesOf({ ADMIN_PRIVATE_KEY_PREVIOUS: key })).toHaveLength(1);
    expect(mistakesOf({ ...PRODUCTION, ADMIN_PRIVATE_KEY: key })).toHaveLength(1);
  });

  it('is counted in bytes of UTF-8', () => {
    expect(mistakesOf({ ADMIN_PRIVATE_KEY: 'äöüßéèêàâîôûñçœæ' })).toEqual([]);
  });
});

describe('production', () => {
  it('starts with all it needs', () => {
    expect(mistakesOf(PRODUCTION)).toEqual([]);
  });

  it.each(['ADMIN_PRIVATE_KEY', 'TWILIO_AUTH_TOKEN', 'SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET'] as const)(
    'does not start without %s, nor with a placeholder in it',
    (name) => {
      const { [name]: _left, ...rest } = PRODUCTION;
      expect(mistakesOf(rest)).toEqual([expect.stringMatching(`^${name} is not set`)]);
      const placeholder = `${name === 'SLACK_BOT_TOKEN' ? 'xoxb-' : ''}replace-me-${'x'.repeat(40)}`;
      expect(mistakesOf({ ...rest, [name]: placeholder })).toEqual([
        expect.stringMatching(`^${name} is a placeholder`),
      ]);
    },
  );
});

describe('production without Slack', () => {
  it('starts where PagerDuty reaches a human', () => {
    const { SLACK_BOT_TOKEN: _, SLACK_SIGNING_SECRET: __, ...rest } = PRODUCTION;
    expect(mistakesOf({ ...rest, PAGERDUTY_ROUTING_KEY: '0123456789abcdef0123456789abcdef' })).toEqual([]);
  });
});

describe('.env.example and .adminctl.env.example', () => {
  const root = path.resolve(import.meta.dirname, '../../..');
  const example = (name: string) => {
    const lines = readFileSync(path.join(root, name), 'utf8').replace(/^# (?=[A-Z_]+=)/gm, '');
    return Object.entries(dotenv.parse(lines));
  };

  it('holds settings that exist, and every one that is used', () => {
    const named = example('.env.example').map(([name]) => name);
    const used = SETTINGS.filter(({ name, unused }) => !unused || named.includes(name)).map(
      ({ name }) => name,
    );
    expect(new Set(named)).toEqual(new Set(used));
  });

  it('has placeholders for secrets, which are known as such', () => {
    const secrets = SETTINGS.filter(({ secret }) => secret === true).map(({ name }) => name as string);
    const named = [...example('.env.example'), ...example('.adminctl.env.example')];
    const values = named.filter(([name, value]) => secrets.includes(name) && value !== '');
    expect(values.length).toBeGreaterThan(5);
    for (const [, value] of values) expect(value).toSatisfy(isPlaceholder);
  });

  it('holds no value that dotenv takes for a comment', () => {
    expect(example('.env.example').filter(([, value]) => value === '')).toEqual([]);
  });

  it('holds good settings but for the key', () => {
    expect(mistakesOf(Object.fromEntries(example('.env.example')))).toEqual([
      expect.stringMatching(/^ADMIN_PRIVATE_KEY is a placeholder/),
      expect.stringMatching(/^ADMIN_PRIVATE_KEY_PREVIOUS is a placeholder/),
    ]);
  });
});

describe('what the operator is told', () => {
  it('names what is accepted but not used yet', () => {
    const warnings = warningsOf(read({ VECTOR_URL: 'qdrant+http://127.0.0.1:6333' }));
    expect(warnings).toContainEqual(expect.stringMatching(/^VECTOR_URL is set, but/));
  });

  it('has nothing to say about a good production', () => {
    const config = read({ ...PRODUCTION, PUBLIC_URL: 'https://phone.example.com' });
    expect(warningsOf(config)).toEqual([]);
  });

  it('takes a database with its password from a file, and does not print the password', () => {
    const url = 'postgres://me:sesame%21@host/db';
    const config = read({ DATABASE_URL_FILE: file('database', `${url}\n`) });
    expect(config.DATABASE_URL).toBe(url);
    expect(secretsOf(config)).toEqual(['sesame%21']);
  });

  it('knows the secrets that must not be printed', () => {
    const config = read({ ...PRODUCTION, TWILIO_ACCOUNTS: 'AC1:one,AC2:two' });
    expect(secretsOf(config).sort()).toEqual(
      [GOOD_KEY, PRODUCTION.TWILIO_AUTH_TOKEN, 'one', 'two', 'xoxb-1-2-3', 'f00dfeed'].sort(),
    );
  });
});
