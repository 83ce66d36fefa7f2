/** A process of its own for engine.sqlite.test.ts: takes the write lock of a file, says so, and keeps it. */
import Database from 'better-sqlite3';

const database = new Database(process.argv[2]);
database.exec('begin immediate');
process.send?.('held');
process.once('disconnect', () => database.close());
