import { testDatabase } from '@orrery/testing';
import { PostgresEventLog } from '../src/index.js';
import { eventLogContract } from '../src/testing/event-log-contract.js';
import { recordSpans } from './span-recorder.js';

const takeSpans = recordSpans();

eventLogContract('PostgreSQL', async () => {
  const database = await testDatabase();
  return {
    open: (timing) => new PostgresEventLog({ url: database.url, ...(timing === undefined ? {} : { timing }) }),
    openUnreachable: () => new PostgresEventLog({ url: 'postgresql://orrery@127.0.0.1:1/none' }),
    takeSpans,
    stop: () => database.drop(),
  };
});
