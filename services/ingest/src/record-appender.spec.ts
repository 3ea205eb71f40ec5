import { describe, expect, it } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import type { EventLog, OutgoingRecord } from '@orrery/event-log';
import { RecordAppender } from './record-appender.js';

const record = (key: string, sizeBytes = 10): OutgoingRecord => ({ topic: 'orrery.execution.v1', key, value: new Uint8Array(sizeBytes) });

/** The edge of the world: a log whose commits end when the spec says so. */
function scriptedLog() {
  const appends: { keys: (string | null)[]; finish: (error?: unknown) => void }[] = [];
  const append = (records: readonly OutgoingRecord[]) =>
    new Promise<void>((resolve, reject) => {
      appends.push({ keys: records.map(({ key }) => key), finish: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { log: { append } as unknown as EventLog, appends };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('record appender', () => {
  it('when requests come while an append runs, puts them all into the next one', async () => {
    const { log, appends } = scriptedLog();
    const appender = new RecordAppender(log, 1000);

    const first = appender.append([record('a')]);
    const others = ['b', 'c', 'd'].map((key) => appender.append([record(key)]));
    appends[0]?.finish();
    await first;
    await settled();

    expect(appends.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c', 'd']]);
    appends[1]?.finish();
    await Promise.all(others);
  });

  it('answers only the requests of a failed append with its error, and goes on', async () => {
    const { log, appends } = scriptedLog();
    const appender = new RecordAppender(log, 1000);

    const first = appender.append([record('a')]);
    const second = appender.append([record('b')]);
    appends[0]?.finish(new OrreryError('ORRERY_DEPENDENCY', 'the log is down'));
    await expect(first).rejects.toThrow('the log is down');
    await settled();
    appends[1]?.finish();

    await expect(second).resolves.toBeUndefined();
  });

  it('answers only the request at fault when the log refuses a group for good', async () => {
    const { log, appends } = scriptedLog();
    const appender = new RecordAppender(log, 1000);

    const first = appender.append([record('a')]);
    const [large, small] = ['large', 'small'].map((key) => appender.append([record(key)]));
    const refused = expect(large).rejects.toThrow('too large');
    appends[0]?.finish();
    await first;
    await settled();
    const tooLarge = new OrreryError('ORRERY_LIMIT', 'too large', { retriable: false });
    appends[1]?.finish(tooLarge);
    await settled();
    appends[2]?.finish(tooLarge);
    await settled();
    appends[3]?.finish();

    await refused;
    await expect(small).resolves.toBeUndefined();
    expect(appends.map(({ keys }) => keys)).toEqual([['a'], ['large', 'small'], ['large'], ['small']]);
  });

  it('tells how many bytes wait, until they are durable or refused', async () => {
    const { log, appends } = scriptedLog();
    const appender = new RecordAppender(log, 1000);

    const first = appender.append([record('a', 30)]);
    const second = appender.append([record('b', 50)]);
    expect(appender.waitingBytes).toBe(80);
    appends[0]?.finish();
    await first;
    await settled();
    expect(appender.waitingBytes).toBe(50);
    appends[1]?.finish(new OrreryError('ORRERY_DEPENDENCY', 'the log is down'));
    await expect(second).rejects.toThrow('the log is down');
    await settled();
    expect(appender.waitingBytes).toBe(0);
  });

  it('when too much is waiting, refuses more at once and takes it again later', async () => {
    const { log, appends } = scriptedLog();
    const appender = new RecordAppender(log, 100);

    const first = appender.append([record('a', 90)]);
    await expect(appender.append([record('b', 20)])).rejects.toMatchObject({ code: 'ORRERY_LIMIT', retriable: true });
    appends[0]?.finish();
    await first;
    await settled();

    const third = appender.append([record('c', 90)]);
    appends[1]?.finish();
    await expect(third).resolves.toBeUndefined();
  });
});
