import { describe, expect, it } from 'vitest';
import { createLog, withLogFields } from './log.ts';

function logOf({ level = 'info', secrets = [] as string[] } = {}) {
  const lines: string[] = [];
  return { log: createLog({ level, secrets, write: (line) => lines.push(line) }), lines };
}
const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line));

describe('log', () => {
  it('writes one JSON object a line, with level, time and message', () => {
    const { log, lines } = logOf();
    log.info({ port: 8080 }, 'listening');
    expect(parsed(lines)).toEqual([
      expect.objectContaining({
        level: 'info',
        msg: 'listening',
        port: 8080,
        time: expect.stringMatching(/Z$/),
      }),
    ]);
  });

  it('shows no phone number and no secret, wherever they stand', () => {
    const { log, lines } = logOf({ secrets: ['to"ken-sesame'] });
    const error = new Error('+14155550123 with to"ken-sesame', { cause: new Error('+14155550123') });
    log.error(
      { deep: { er: [{ caller: '+14155550123', key: 'to"ken-sesame' }] }, error },
      'from +14155550123',
    );
    expect(lines.join('')).not.toMatch(/4155550123|sesame/);
    expect(parsed(lines)).toHaveLength(1);
  });

  it('shows stack traces at debug alone', () => {
    const [quiet, loud] = [logOf(), logOf({ level: 'debug' })];
    for (const { log } of [quiet, loud]) log.error({ error: new TypeError('odd') }, 'failed');
    expect(parsed(quiet.lines)[0].error).toEqual({ type: 'TypeError', message: 'odd' });
    expect(parsed(loud.lines)[0].error.stack).toContain('log.test.ts');
  });

  it('says with each line what its surroundings are', async () => {
    const { log, lines } = logOf();
    await withLogFields({ request_id: 'r1' }, async () => {
      await null;
      log.info('inside');
    });
    log.info('outside');
    expect(parsed(lines).map(({ request_id }) => request_id)).toEqual(['r1', undefined]);
  });
});
