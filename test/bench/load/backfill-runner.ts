/** A process of its own, as a migrator is: fills a table in one of three ways, and sends how many seconds that took. */
import { type BackfillFile, openBackfills } from '@receptionist/store/test-backfills';
import pg from 'pg';

const BATCH = 1_000;
const [url = '', table = '', way = ''] = process.argv.slice(2);
const file: BackfillFile = {
  id: table,
  backfill: { table, key: ['item_id'], batch: BATCH },
  script: `update ${table} set cents = price * 100 where item_id > :after and item_id <= :upto and cents is null`,
  verify: `select count(*) as mismatches from ${table}
    where item_id > :after and item_id <= :upto and cents is distinct from price * 100`,
};
const begun = performance.now();
if (way === 'loop') await loop();
else await fill(way === 'throttled');
process.send?.((performance.now() - begun) / 1_000);
process.disconnect();

async function fill(throttle: boolean): Promise<void> {
  const backfills = await openBackfills(url);
  await backfills.fill(file, { throttle });
  await backfills.close();
}

/** What somebody would write by hand: no checkpoint, no lease, no look at anybody else. */
async function loop(): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  for (let after: string | null = '0'; after !== null; ) {
    const { rows }: { rows: { last: string | null }[] } = await client.query(
      `with page as (select item_id from ${table} where item_id > $1 order by item_id limit ${BATCH}),
        done as (update ${table} set cents = price * 100 from page where ${table}.item_id = page.item_id)
      select max(item_id) as last from page`,
      [after],
    );
    after = rows[0]?.last ?? null;
  }
  await client.end();
}
