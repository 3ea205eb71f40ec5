import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../src/database.js';
import { openDatabase } from '../src/open-database.js';
import { dropPartitionsOlderThan, ensureMonthlyPartitions, monthOf, undatedMonth } from '../src/partitions.js';
import { noteSchema } from './note-schema.js';
import { startOwnServer, stopOwnServers } from './own-server.js';

describe('monthly partitions', () => {
  let database: Database;

  beforeAll(async () => {
    const server = await startOwnServer();
    database = await openDatabase({ ...noteSchema, url: await server.newDatabase() });
  });

  afterAll(async () => {
    await database?.close();
    await stopOwnServers();
  });

  const ensure = (months: string[]) => database.transaction((transaction) => ensureMonthlyPartitions(transaction, 'measurement', months));
  const insert = (id: string, month: string) => database.forTenant('ada', (transaction) => transaction.query("insert into measurement values ('ada', $1, $2, 1)", [id, month]));
  const partitionOf = async (id: string) => {
    const rows = (await database.forTenant('ada', (transaction) => transaction.query('select tableoid::regclass::text as name from measurement where id = $1', [id]))) as { name: string }[];
    return rows[0]?.name;
  };

  it('are made on demand', async () => {
    await ensure(['2024-01-01', '2024-02-01', '2024-03-15']);
    await ensure(['2024-01-31']);
    await insert('january', '2024-01-31');
    await insert('march', '2024-03-01');

    expect(await partitionOf('january')).toBe('measurement_2024_01');
    expect(await partitionOf('march')).toBe('measurement_2024_03');
  });

  it('do not stop others who write, while they are being made', async () => {
    await database.transaction(async (transaction) => {
      await ensureMonthlyPartitions(transaction, 'measurement', ['2024-05-01']);
      await insert('meanwhile', '2024-01-02');
    });

    expect(await partitionOf('meanwhile')).toBe('measurement_2024_01');
  });

  it('have one for rows whose time cannot be believed', async () => {
    await insert('undated', undatedMonth);

    expect(await partitionOf('undated')).toBe('measurement_undated');
    await expect(ensure(['1969-07-01'])).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    await expect(ensure(['9999-01-01'])).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
  });

  it('when there is none for a row, the row is refused', async () => {
    await expect(insert('late', '2031-01-01')).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
  });

  it('cannot be read past the row security of the whole', async () => {
    for (const partition of ['measurement_2024_01', 'measurement_undated']) {
      await expect(database.forTenant('eve', (transaction) => transaction.query(`select * from ${partition}`))).rejects.toMatchObject({ code: 'ORRERY_FORBIDDEN' });
    }
  });

  it('are dropped when they are older than the retention, undated rows stay', async () => {
    await ensure(['2023-11-01', '2023-12-01', '2024-01-01']);
    await insert('old', '2023-11-30');

    const dropped = await database.transaction((transaction) => dropPartitionsOlderThan(transaction, 'measurement', '2024-01-01'));

    expect(dropped).toEqual(['measurement_2023_11', 'measurement_2023_12']);
    expect(await partitionOf('old')).toBeUndefined();
    expect(await partitionOf('january')).toBe('measurement_2024_01');
    expect(await partitionOf('undated')).toBe('measurement_undated');
    expect(await database.transaction((transaction) => dropPartitionsOlderThan(transaction, 'measurement', '2024-01-01'))).toEqual([]);
  });

  it('are not dropped when the month lies ahead, or the table is no such table', async () => {
    await expect(database.transaction((transaction) => dropPartitionsOlderThan(transaction, 'measurement', '2126-01-01'))).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    await expect(database.transaction((transaction) => dropPartitionsOlderThan(transaction, 'note', '2024-01-01'))).rejects.toMatchObject({ code: 'ORRERY_CONFIG' });
  });

  it('are made once by many at once, in any order of months', async () => {
    const months = Array.from({ length: 24 }, (_, month) => monthOf(Date.UTC(2010, month)));

    await Promise.all(Array.from({ length: 40 }, (_, index) => ensure(index % 2 === 0 ? months : [...months].reverse())));

    const dropped = await database.transaction((transaction) => dropPartitionsOlderThan(transaction, 'measurement', '2012-01-01'));
    expect(dropped).toHaveLength(24);
  });

  it('are named by the month in UTC', () => {
    expect(monthOf(Date.UTC(2026, 1, 28, 23, 59, 59, 999))).toBe('2026-02-01');
    expect(monthOf(Date.UTC(2026, 2, 1))).toBe('2026-03-01');
  });
});
