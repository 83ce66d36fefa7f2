/** The guided run through the queue, at a terminal that is played, and once at a real one. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { type AdminClient, createAdminClient, ROUTES } from '@receptionist/admin-api';
import { openTerminal, type Summary, triage } from 'adminctl';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isInPath } from '../../scripts/optional-tools.ts';
import { ADMINCTL, KEY, type Office, openOffice } from './office.ts';

const ENTER = '\r';
const CTRL_C = '\u0003';

let office: Office;
let lex: AdminClient;
beforeEach(async () => {
  // To readline Tab is no key where TERM is dumb, as it is where no terminal is.
  vi.stubEnv('TERM', 'xterm-256color');
  office = await openOffice();
  lex = createAdminClient({ baseUrl: office.url, key: KEY, user: 'lex', timeoutMs: 5_000 });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await office.close();
});

/** Somebody before a terminal who reads what stands there. */
function takeSeat({ columns = 80, rows = 24 } = {}) {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    setRawMode: (mode: boolean) => modes.push(mode) as never,
  });
  const interrupted = vi.fn();
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { columns, rows });
  let written = '';
  output.on('data', (text: string) => {
    written += text;
  });
  const screen = () => stripVTControlCharacters(written.slice(written.lastIndexOf('\u001b[H')));
  return {
    input,
    output,
    interrupted,
    screen,
    rawModes: modes,
    written: () => written,
    type: (...keys: string[]) => {
      for (const key of keys) input.write(key);
    },
    sees: (words: string) => vi.waitFor(() => expect(screen()).toContain(words), { timeout: 5_000 }),
  };
}

type Seat = ReturnType<typeof takeSeat>;

function triageAt(seat: Seat, filter = {}): Promise<Summary> {
  const openSeat = () => openTerminal(seat);
  return triage({ client: lex, user: 'lex', filter, openTerminal: openSeat, now: () => new Date() });
}

function statusOf(entry_id: string): Promise<string> {
  return lex.call(ROUTES.getEntry, { params: { entry_id } }).then(({ status }) => status);
}

test('an entry from open to resolved, then the next; the terminal is as it was', async () => {
  const [first, second] = [await office.entry(), await office.entry()];
  const seat = takeSeat();
  const run = triageAt(seat);
  await seat.sees(`${first.slice(-6)}  standard, open`);
  await seat.sees('1 more wait');
  seat.type('a');
  await seat.sees('is acknowledged, with lex; engage in');
  seat.type('e');
  await seat.sees('How do you reach them? calling back');
  seat.type(ENTER);
  await seat.sees('is engaged, with lex');
  seat.type('n');
  await seat.sees('Note:');
  seat.type('prefers mornings', ENTER);
  await seat.sees('lex noted: prefers mornings');
  seat.type('r');
  await seat.sees('What was done?');
  seat.type('booked', ENTER);
  await seat.sees('Tags');
  seat.type('booking, insurance', ENTER);
  await seat.sees(`${second.slice(-6)}  standard, open`);
  await seat.sees(`${first.slice(-6)} is resolved`);
  seat.type('q');

  expect((await run).triaged).toEqual([
    { entry_id: first, status: 'resolved', moves: ['acknowledge', 'engage', 'note', 'resolve'] },
    { entry_id: second, status: 'open', moves: [] },
  ]);
  expect(await lex.call(ROUTES.getEntry, { params: { entry_id: first } })).toMatchObject({
    resolution_notes: 'booked',
    tags: ['booking', 'insurance'],
  });
  expect(seat.rawModes.at(-1)).toBe(false);
  expect(seat.written()).toMatch(/\u001b\[\?1049l\u001b\[\?25h/);
});

test('back, open again, and the tags in use complete with Tab', async () => {
  const entry_id = await office.entry();
  await lex.call(ROUTES.resolveEntry, {
    params: { entry_id: await office.entry() },
    body: { notes: 'x', tags: ['insurance'] },
  });
  await office.entry();
  const seat = takeSeat();
  const run = triageAt(seat);
  await seat.sees(entry_id.slice(-6));
  seat.type('r');
  await seat.sees('What was done?');
  seat.type('done', ENTER);
  await seat.sees('Tab completes: insurance');
  // What is typed before Tab has completed is a key of its own to readline.
  seat.type('ins\t');
  await seat.sees('insurance): insurance');
  seat.type(ENTER);
  await seat.sees('is resolved');
  seat.type('b');
  await seat.sees(`${entry_id.slice(-6)}  standard, resolved`);
  await seat.sees('tags: insurance');
  seat.type('a');
  await seat.sees('It is resolved; a is for what is open.');
  seat.type('o');
  await seat.sees('Why is it not done?');
  seat.type('called again', ENTER);
  await seat.sees('is open; ack in');
  seat.type('b');
  await seat.sees('This is the first.');
  seat.type('?');
  await seat.sees('Any key goes back.');
  seat.type('x');
  await seat.sees('standard, open');
  seat.type(CTRL_C);
  expect(await run).toMatchObject({ interrupted: true, triaged: [{ moves: ['resolve', 'reopen'] }, {}] });
});

test('what somebody else did meanwhile is told, at the next key or without one', async () => {
  const entry_id = await office.entry();
  const seat = takeSeat();
  const run = triageAt(seat);
  await seat.sees(entry_id.slice(-6));
  await office.api.call(ROUTES.acknowledgeEntry, { params: { entry_id } });
  seat.type('a');
  await seat.sees('office acknowledged, 0s ago. It is acknowledged now.');
  await seat.sees('standard, acknowledged with office');
  await office.api.call(ROUTES.resolveEntry, { params: { entry_id }, body: { notes: 'spam' } });
  await vi.waitFor(
    () => expect(seat.screen()).toMatch(/office resolved, \ds ago: spam\. It is resolved now\./),
    {
      timeout: 8_000,
    },
  );
  seat.type('s');
  expect(await run).toEqual({
    interrupted: false,
    triaged: [{ entry_id, status: 'resolved', moves: [] }],
  });
});

test('a question that is not answered changes nothing; a paste is one key', async () => {
  const entry_id = await office.entry();
  const seat = takeSeat();
  const run = triageAt(seat);
  await seat.sees(entry_id.slice(-6));
  seat.type('r');
  await seat.sees('What was done?');
  seat.type(CTRL_C);
  await seat.sees('Nothing was changed.');
  seat.type('j');
  await seat.sees('Which phone shall ring?');
  seat.type('extension 12', ENTER);
  await seat.sees('"extension 12" is no number in E.164.');
  seat.type('aerr');
  await seat.sees('is acknowledged, with lex');
  expect(await statusOf(entry_id)).toBe('acknowledged');
  seat.input.end();
  expect(await run).toMatchObject({ triaged: [{ moves: ['acknowledge'] }] });
});

test('a daemon that goes away is told of, and the entry stays', async () => {
  await office.entry();
  const seat = takeSeat();
  let isAway = false;
  const client: AdminClient = {
    ...lex,
    call: (route, options) => (isAway ? Promise.reject(new Error('It is away.')) : lex.call(route, options)),
  };
  const openSeat = () => openTerminal(seat);
  const run = triage({ client, user: 'lex', filter: {}, openTerminal: openSeat, now: () => new Date() });
  await seat.sees('standard, open');
  isAway = true;
  seat.type('a');
  await seat.sees('It is away.');
  isAway = false;
  seat.type('a');
  await seat.sees('is acknowledged');
  seat.type('q');
  await run;
});

test('Ctrl-C while the daemon thinks does not wait for it', async () => {
  await office.entry();
  const seat = takeSeat();
  const thinking = Promise.withResolvers<never>();
  let thinks = false;
  const client: AdminClient = {
    ...lex,
    call: (route, options) => (thinks ? thinking.promise : lex.call(route, options)),
  };
  const openSeat = () => openTerminal(seat);
  const run = triage({ client, user: 'lex', filter: {}, openTerminal: openSeat, now: () => new Date() });
  await seat.sees('standard, open');
  thinks = true;
  seat.type('a', 'n');
  expect(seat.interrupted).not.toHaveBeenCalled();
  seat.type(CTRL_C);
  await vi.waitFor(() => expect(seat.interrupted).toHaveBeenCalledOnce(), { timeout: 5_000 });
  thinking.reject(new Error('enough'));
  await seat.sees('enough');
  seat.type('q');
  await run;
});

test('where nobody waits, nothing is opened', async () => {
  const seat = takeSeat();
  expect(await triageAt(seat)).toEqual({ triaged: [], interrupted: false });
  expect(seat.written()).toBe('');
});

test('without a terminal it says what to use', async () => {
  const { code, out, err } = await office.adminctl(['fallback', 'triage']);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('adminctl fallback list -o name');
});

// Of util-linux; it gives a program a terminal. The one of other systems has other arguments.
const hasScript = process.platform === 'linux' && isInPath('script');

test.skipIf(!hasScript)('at a real terminal of 40 columns, ended by Ctrl-C', async () => {
  const entry_id = await office.entry();
  const session = `stty cols 40 rows 20; '${ADMINCTL}' fallback triage; echo "code $?"; stty -a`;
  const child = execa('script', ['-qec', session, '/dev/null'], {
    env: { ...office.env, TERM: 'xterm' },
    extendEnv: false,
  });
  let seen = '';
  child.stdout.on('data', (text) => {
    seen += text;
  });
  const sees = (words: string) => vi.waitFor(() => expect(seen).toContain(words), { timeout: 10_000 });
  await sees(`${entry_id.slice(-6)}  standard, open`);
  child.stdin.write('a');
  await sees('standard, acknowledged with kim');
  child.stdin.write(CTRL_C);
  await sees('code 130');
  child.stdin.end();
  await child;
  expect(seen).toMatch(/1 seen: 0 resolved, 1 in hand, 0 open\./);
  expect(seen).toMatch(/[^-]icanon.*[^-]echo /s);
  expect(await statusOf(entry_id)).toBe('acknowledged');
});
