import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@orrery/telemetry';
import type { TestStore } from '@orrery/testing';
import { eventStoreServiceOn } from '../src/event-store.module.js';
import { RetentionService } from '../src/retention.service.js';
import { reportRun } from './build-run.js';
import { RunTeller } from './records.js';
import { batchOf, openStore } from './store-scene.js';

let scene: TestStore;
const [oldRun, newRun, clockless] = [new RunTeller('old'), new RunTeller('new', 'team-b'), new RunTeller('clockless')];
const tables = ['run', 'task', 'artifact', 'record', 'execution_event', 'message', 'sample'];
const now = () => Date.UTC(2024, 8, 15);

beforeAll(async () => {
  scene = await openStore();
  const service = eventStoreServiceOn(scene.database, now);
  const heard = (teller: RunTeller, receivedAtMs: number) => reportRun(teller).map((record) => ({ ...record, receivedAtMs }));
  await service.apply(batchOf([...heard(oldRun, Date.UTC(2024, 5, 30)), ...heard(newRun, Date.UTC(2024, 6, 1)), ...heard(clockless, Date.UTC(1999, 0, 1))]));
});
afterAll(() => scene.close());

const retention = (retentionDays: number) => new RetentionService({ database: scene.database, retentionDays, logger: createLogger('spec', 'silent'), now });
const tablesWith = async ({ runId }: RunTeller) => {
  const found: string[] = [];
  for (const table of tables) if ((await scene.rows(`select 1 from ${table} where run_id = $1`, [runId])).length > 0) found.push(table);
  return found;
};

describe('retention', () => {
  it('keeps everything when it is off', async () => {
    await retention(0).sweep();

    for (const teller of [oldRun, newRun, clockless]) expect(await tablesWith(teller)).toEqual(tables);
  });

  it('drops months that are over for longer than asked for, everything of them and nothing else', async () => {
    // 60 days before 15 September is 17 July: July is kept as a whole.
    await retention(60).sweep();

    expect(await tablesWith(oldRun)).toEqual([]);
    expect(await tablesWith(clockless)).toEqual([]);
    expect(await tablesWith(newRun)).toEqual(tables);
    expect(await scene.rows(`select relname from pg_class where relname like 'record_20%' and relkind = 'r'`)).toEqual([{ relname: 'record_2024_07' }]);
  });

  it('drops changes that nobody can ask for any more', async () => {
    expect((await scene.rows('select 1 from change_feed')).length).toBe(3);

    const later = new RetentionService({ database: scene.database, retentionDays: 0, logger: createLogger('spec', 'silent'), now: () => Date.now() + 2 * 60 * 60 * 1000 });
    await later.sweep();

    expect(await scene.rows('select 1 from change_feed')).toEqual([]);
  });

  it('forgets which dead letters were replayed once the log has dropped them', async () => {
    await scene.rows(`insert into replayed_dead_letter values ('old', 'default', 't', '2024-06-01'), ('new', 'default', 't', '2024-09-01')`);

    await retention(0).sweep();

    expect(await scene.rows('select dead_letter_id from replayed_dead_letter')).toEqual([{ dead_letter_id: 'new' }]);
  });
});
