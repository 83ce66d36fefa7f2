import { expect, it, vi } from 'vitest';
import { createTerminal } from './terminal.ts';

it.each([
  { quiet: false, said: [[expect.stringContaining('What was done is kept; run it again')]] },
  { quiet: true, said: [] },
])(
  'ends with 130 where it is interrupted, and says what that means, unless it is to be quiet: $quiet',
  ({ quiet, said }) => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { during } = createTerminal({ quiet, mayAsk: false });
    void during(() => new Promise(() => {}));
    process.emit('SIGINT');
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    expect(log.mock.calls).toEqual(said);
  },
);

it('leaves an interrupt to others once the work is done', async () => {
  const before = process.listenerCount('SIGINT');
  const { during } = createTerminal({ quiet: true, mayAsk: false });
  await during(async () => expect(process.listenerCount('SIGINT')).toBe(before + 1));
  expect(process.listenerCount('SIGINT')).toBe(before);
});
