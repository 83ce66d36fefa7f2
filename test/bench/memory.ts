import { ROUTES } from '@receptionist/admin-api';
import { memoryOf, WITH_MEMORY_PROBE } from '../harness/memory.ts';
import { openPremises } from '../harness/premises.ts';
import { northside } from '../harness/tenants.ts';
import type { Figures } from './bench.ts';
import { type Callers, createCallers } from './load/callers.ts';

const CALLS = 20_000;
/** After these the caches are full. */
const FIRST_CALLS = 4_000;
const AT_ONCE = 8;
const QUIET_MS = 3_000;

export const name = 'memory';
export const describe = `the embedded daemon when nothing happens, and what ${CALLS} calls leave in use`;
export const limits: Figures = { idle_rss_mb: 120, growth_mb: 4 };

export async function run(): Promise<Figures> {
  const premises = await openPremises();
  try {
    const daemon = await premises.start(WITH_MEMORY_PROBE);
    await daemon.admin.call(ROUTES.createTenant, { body: northside({ plan: 'enterprise' }) });
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const idle = await memoryOf(daemon);
    const callers = createCallers(daemon.url);
    await call(callers, FIRST_CALLS);
    const first = await memoryOf(daemon);
    await call(callers, CALLS - FIRST_CALLS);
    const last = await memoryOf(daemon);
    callers.close();
    return {
      idle_rss_mb: idle.rss,
      busy_rss_mb: last.rss,
      idle_in_use_mb: idle.live,
      first_in_use_mb: first.live,
      last_in_use_mb: last.live,
      growth_mb: last.live - first.live,
    };
  } finally {
    await premises.close();
  }
}

async function call(callers: Callers, calls: number): Promise<void> {
  let left = calls;
  const caller = async () => {
    while (left-- > 0) {
      const one = await callers.dial();
      await one.ask();
      await one.hangUp();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
}
