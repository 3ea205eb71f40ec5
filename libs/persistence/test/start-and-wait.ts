import { startEmbeddedPostgres } from '../src/embedded-postgres.js';

/** A process that starts the database and then does nothing until it is killed; started by the spec about orphans. */
const postgres = await startEmbeddedPostgres({ dataFolder: process.argv[2] ?? '' });
process.send?.({ pid: postgres.pid, url: postgres.url });
setInterval(() => undefined, 60_000);
