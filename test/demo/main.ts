/**
 * The product in a few calls and texts: answered, leaving a message, ending with a person, never arriving. Everything is
 * real but the telephone company and Slack, which the simulator plays. Ends with 0 only if every story ended as told.
 */
import path from 'node:path';
import type { EntryWithHistory } from '@receptionist/core';
import { LANDLINE, openStage, type Stage } from './stage.ts';
import { message, outcome, tell, title } from './telling.ts';

const example = (name: string) =>
  path.relative(process.cwd(), path.resolve(import.meta.dirname, '../../docs/examples', name));
const TENANT_FILE = example('t1.yaml');
const ON_CALL_FILE = example('oncall.yaml');
/** As Slack knows her, in the same file. */
const KIM = { id: 'U0KIM1234', name: 'kim' };

interface Check {
  what: string;
  right: boolean;
}

const checks: Check[] = [];

function check(what: string, right: boolean): void {
  checks.push({ what, right });
}

async function openForBusiness(stage: Stage): Promise<void> {
  title('A dentist with a telephone and nobody free to answer it');
  tell(`The daemon runs at ${stage.url} on its embedded database. It knows no tenant yet, so we bring one.`);
  await stage.adminctl('tenant', 'import', TENANT_FILE);
  await stage.adminctl('number', 'list', '--tenant', 't1');
}

async function answeredCall(stage: Stage): Promise<void> {
  title('1. A call that is answered');
  const call = await stage.ring();
  await call.say('Hi, what are your opening hours on Thursday?');
  const hours = call.heard.join(' ');
  await call.say('And how much is a cleaning?');
  const price = call.heard.join(' ');
  await call.say('Great, is there parking?');
  const parking = call.heard.join(' ');
  await call.say('No, that is all, thank you. Bye!');
  check(
    'the caller heard the opening hours, a price and an answer',
    /7 PM/.test(hours) && /120/.test(price) && /garage/.test(parking),
  );
  check('nobody was disturbed', call.status === 'completed' && stage.alerts().length === 0);
}

async function messageCall(stage: Stage): Promise<void> {
  title('2. A call that leaves a message');
  const call = await stage.ring();
  await call.say('Could I leave a message for Doctor Lee?');
  await call.say('My crown came off again. I am free any day after four.');
  await call.say('No, thank you, goodbye.');
  const alert = await stage.nextAlert();
  message('#human-fallback', alert.lines());
  check('the message is in the alert', alert.lines().join(' ').includes('My crown came off again'));
  check('an alert that can wait mentions nobody', alert.mentions.length === 0);
}

async function humanCall(stage: Stage): Promise<void> {
  title('3. A call that ends with a person');
  const call = await stage.ring();
  await call.say('I have a question about my root canal, can I talk to a real person?');
  const alert = await stage.nextAlert();
  await call.say('It is about the pain after it, it got worse since yesterday.');
  await call.hangUp();
  message('#human-fallback', alert.lines());
  tell();
  tell('Lex is on call, reads this, and takes it from the command line.');

  await stage.adminctl('fallback');
  const entry_id = await entryOf(stage, 'caller_asked_for_human');
  const id = entry_id.slice(-6);
  await stage.adminctl('fallback', 'ack', id);
  await stage.adminctl('fallback', 'show', id);
  await stage.adminctl('fallback', 'engage', id, '--how', 'calling back');
  await stage.adminctl('fallback', 'resolve', id, '--notes', 'sees Dr. Lee today at 4', '--tag', 'pain');
  const entry = JSON.parse(await stage.ask('fallback', 'show', entry_id, '--json')) as EntryWithHistory;
  check(
    'the alert was critical and woke somebody',
    alert.mentions.includes('here') && entry.severity === 'critical',
  );
  check(
    'acknowledged, engaged and resolved, inside the SLA',
    entry.status === 'resolved' && !entry.ack_breached && !entry.engage_breached,
  );
  check(
    'what the caller said later is in the same entry',
    JSON.stringify(entry.context.transcript).includes('got worse since yesterday'),
  );
}

async function texts(stage: Stage): Promise<void> {
  title('4. Texts: one that is answered, one that cannot arrive');
  const thread = stage.text();
  await thread.send('Hi, how much is a checkup?');
  const [hours = ''] = await thread.send('When are you open on Friday?');
  check('a text is answered in writing', /9 AM to 3 PM/.test(hours));
  tell();
  tell('Somebody on a landline asks for the address in writing.');
  const call = await stage.ring(LANDLINE);
  await call.say('Where are you located?');
  await call.say('Can you text me that?');
  await call.say('No, thank you, bye.');
  const alert = await stage.nextAlert();
  message('#human-fallback', alert.lines());
  check('a text that did not arrive is for a person', alert.lines().join(' ').includes('landline: 30006'));
  check('three callers needed a person, and Slack has three alerts', stage.alerts().length === 3);
}

async function nobodyThere(stage: Stage): Promise<void> {
  title('5. Nobody looks at Slack: PagerDuty is told, and a phone rings');
  tell('Kim is on call. So that nobody has to wait here, the minutes of the escalation are seconds.');
  await stage.adminctl('oncall', 'set', ON_CALL_FILE, '--yes');
  await stage.adminctl('tenant', 'import', stage.hurriedTenant);
  tell();
  const call = await stage.ring();
  await call.say('I am really unhappy with my bill, somebody must look at this now.');
  const alert = await stage.nextAlert();
  message('#human-fallback', alert.lines());
  const entry_id = await entryOf(stage, 'caller_asked_for_human');
  const taken = await eventually(async () => (await entryNow(stage, entry_id)).status === 'acknowledged');
  const { acknowledged_by } = await entryNow(stage, entry_id);
  await call.hangUp();
  check(
    'the phone of whoever is on call rang, and she took it by pressing 1',
    taken && acknowledged_by === 'kim',
  );

  tell();
  tell('Kim calls back, and then writes into the form behind Resolve… in Slack what came of it.');
  const [newest] = stage.alerts().slice(-1);
  const { modal } = await stage.slack.press({ user: KIM, message: newest ?? alert, action: 'Resolve…' });
  if (!modal) throw new Error('Slack opened no form');
  const values = { notes: 'Billed twice. Refunded 90 dollars and said sorry.', new_tags: 'refund' };
  await stage.slack.submit(modal, { values, user: KIM });
  const isOver = () => stage.slack.message(alert).lines().join(' ').includes('Resolved by kim');
  check('every message in Slack shows how it ended', await eventually(async () => isOver()));
  message('#human-fallback', stage.slack.message(alert).lines());
  const incidents = () => [...stage.pagerDuty.incidents.values()].map(({ status }) => status);
  check(
    'PagerDuty was told, and its incident has ended',
    await eventually(async () => incidents().join() === 'resolved'),
  );
}

async function entryNow(stage: Stage, entry_id: string): Promise<EntryWithHistory> {
  return JSON.parse(await stage.ask('fallback', 'show', entry_id, '--json'));
}

async function eventually(isSo: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function operatorsTurn(stage: Stage): Promise<void> {
  title('6. The operator changes the plan and a flag, and the next call obeys');
  await stage.adminctl('set-plan', '--tenant', 't1', '--plan', 'core', '--admin-user', 'lex');
  await stage.adminctl(
    'set-flag',
    '--tenant',
    't1',
    '--flag',
    'allow_rag',
    '--enable',
    'true',
    '--admin-user',
    'lex',
  );
  await stage.adminctl('show-flags', '--tenant', 't1');
  const call = await stage.ring();
  await call.say('Thanks, goodbye.');
  const { items } = JSON.parse(await stage.ask('conversation', 'list', '--tenant', 't1', '--json'));
  const flags = items[0].flags as { flag: string; enabled: boolean; source: string }[];
  check(
    'the next call ran with the flag on',
    flags.some(({ flag, enabled, source }) => flag === 'allow_rag' && enabled && source === 'tenant'),
  );
  await stage.adminctl('audit', 'list', '--limit', '5');
}

async function handOff(stage: Stage): Promise<void> {
  title('8. A caller is put through to the front desk, and comes back');
  await stage.adminctl('set-flag', '--tenant', 't1', '--flag', 'allow_live_transfer', '--enable', 'true');
  const call = await stage.ring('+14155550177');
  await call.say('Can I speak to a human, please?');
  const entry_id = await entryOf(stage, 'caller_asked_for_human');
  const isBack = await eventually(async () => call.waitingFor?.kind === 'gather');
  await call.say('No, that was all. Goodbye.');
  const entry = await entryNow(stage, entry_id);
  check(
    'they talked, and the entry is engaged in the name of that phone',
    entry.engaged_by === 'phone:+15005550009',
  );
  check('when the front desk hung up, the receptionist was there again', isBack);
  const silence = call.longestSilence();
  check(`the caller never heard nothing for longer than ${Math.ceil(silence)} s`, silence <= 6);
  await stage.adminctl('fallback', 'show', entry_id.slice(-6));
  await stage.adminctl('fallback', 'report', '--since', '1d');
}

async function learning(stage: Stage): Promise<void> {
  title('7. The operator teaches the receptionist, and the same call would not need a person');
  const caller = await stage.ring('+14155550166');
  await caller.say('Do you have laughing gas?');
  await caller.say('Yes please.');
  await caller.say('No, thank you, goodbye.');
  const entry_id = await entryOf(stage, 'no_answer_found');
  const id = entry_id.slice(-6);
  await stage.adminctl('fallback', 'resolve', id, '--notes', 'Told them: yes, for every treatment.');
  await stage.adminctl('fallback', 'learn', id, '--answer', 'Yes, for every treatment.', '--yes');
  const replayed = JSON.parse(await stage.ask('fallback', 'replay', entry_id, '--json'));
  check('the same conversation needs nobody now', replayed.would_escalate === false);
}

async function entryOf(stage: Stage, reason: string): Promise<string> {
  const { items } = JSON.parse(await stage.ask('fallback', 'list', '--json'));
  return (items as EntryWithHistory[]).find((entry) => entry.reason === reason)?.entry_id ?? '';
}

function report(stage: Stage): void {
  title('What happened');
  for (const { what, right } of checks) outcome(right, what);
  tell();
  tell(
    `${stage.alerts().length} messages in Slack, for 6 callers who needed a person out of 10 who called or wrote.`,
  );
}

async function main(): Promise<void> {
  const keep = process.argv.includes('--keep');
  const stage = await openStage();
  try {
    const acts = [
      ...[openForBusiness, answeredCall, messageCall, humanCall, texts, nobodyThere],
      ...[operatorsTurn, learning, handOff],
    ];
    for (const act of acts) await act(stage);
    report(stage);
    if (keep) {
      title('The daemon goes on; end it with Ctrl-C');
      for (const each of stage.instructions()) tell(`  ${each}`);
      await stage.interrupted();
    }
  } finally {
    await stage.close();
  }
  process.exitCode = checks.every(({ right }) => right) ? 0 : 1;
}

await main();
