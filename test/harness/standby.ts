/** A second Postgres that follows a first one, as a replica does. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { makeFolder, type PostgresServer, serve } from './postgres-server.ts';

/** Made of the first one's files while that goes on (postgresql.org/docs/current/continuous-archiving.html, 25.3.4). */
export async function startStandby({ cluster, url }: PostgresServer): Promise<PostgresServer> {
  const folder = makeFolder(cluster.identity);
  const data = path.join(folder, 'data');
  const primary = new pg.Client(url);
  await primary.connect();
  await primary.query("select pg_backup_start('standby', true)");
  // Keeps owner and rights, about which Postgres is particular.
  execFileSync('cp', ['-a', cluster.data, data]);
  const { rows } = await primary.query('select labelfile from pg_backup_stop(false)');
  await primary.end();
  rmSync(path.join(data, 'postmaster.pid'));
  // For the server, which removes it.
  const label = path.join(data, 'backup_label');
  writeFileSync(label, rows[0].labelfile);
  if (cluster.identity) chownSync(label, cluster.identity.uid, cluster.identity.gid);
  writeFileSync(path.join(data, 'standby.signal'), '');
  appendFileSync(path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${url}'\n`);
  return serve({ ...cluster, folder, data });
}
