import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from './api.js';
import { eventually } from './eventually.js';
import { historyTruth, movedBy, recordedHistory, type RecordedEvent, type RecordedRun } from './recorded-history.js';
import { cleanUp, root, RunningPlatform, temporaryFolder } from './running-platform.js';

interface Row {
  readonly target: string;
  readonly origin: string;
  readonly count: number;
  readonly within_25: number | null;
  readonly mean_ape: number | null;
  readonly pinball: number | null;
  readonly brier: number | null;
  readonly floors: readonly { readonly name: string; readonly count: number; readonly within_25: number; readonly mean_ape: number }[];
}

interface Accuracy {
  readonly score: number;
  readonly by_target: readonly Row[];
  readonly workflows: readonly { readonly workflow: string; readonly tasks: readonly (Row & { readonly task: string })[] }[];
  readonly thirds: readonly { readonly third: number; readonly count: number; readonly within_25: number; readonly pinball: number; readonly floors: readonly { readonly name: string; readonly within_25: number | null }[] }[];
  readonly improvement: number;
}

interface RunPrediction {
  readonly state: string;
  readonly asked_at: string;
  readonly finished_at: string | null;
  readonly eta: { readonly p10: string; readonly p50: string; readonly p90: string };
  readonly remaining_tasks: readonly { readonly task: string }[];
  readonly next_task: { readonly candidates: readonly { readonly task: string }[] } | null;
}

const workflow = 'journal-archive';
const runsAtOnce = 10;
const killedAt = 50;
/** Forecasts go by hours that are over. */
const hoursAgo = 2;
const floors = ['last_success', 'mean_of_ten', 'median', 'average'];
const truth = historyTruth();
/** What was kept back: it runs while it is asked about. */
const [history, further] = split(recordedHistory());

let platform: RunningPlatform;
let api: Api;

beforeAll(async () => {
  const dataFolder = path.join(temporaryFolder(), 'data');
  await begin(dataFolder);
  const runs = movedBy(history, Math.floor((Date.now() - lastTimeMs(history) - hoursAgo * 3_600_000) / 1000));
  for (const portion of portionsOf(runs)) {
    await replay(portion);
    if (portion.some(({ id }) => id === runs[killedAt]?.id)) {
      await platform.stop('SIGKILL');
      await begin(dataFolder);
      // Whoever sends does not know what arrived.
      await replay(portion);
    }
    await areLearned(runs.slice(0, runs.indexOf(portion.at(-1) as RecordedRun) + 1));
  }
}, 120_000);
afterAll(async () => {
  await platform.stop();
  cleanUp();
});

async function begin(dataFolder: string): Promise<void> {
  platform = await RunningPlatform.start({ dataFolder });
  api = new Api(platform.url);
}

async function replay(runs: readonly RecordedRun[]): Promise<void> {
  const response = await api.send(runs.flatMap(({ events }) => events));
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
}

/** Whether they end well is predicted of every run and task, from the first: when all of these are scored, all is learned. */
async function areLearned(runs: readonly RecordedRun[]): Promise<void> {
  const ended = runs.reduce((sum, { id }) => sum + 1 + Object.keys(truth.inputSizeBytes[id] ?? {}).length, 0);
  await eventually(async () => rowOf(await accuracy(), 'failure')?.count === ended);
}

const accuracy = (): Promise<Accuracy> => api.get<Accuracy>(`/api/v1/accuracy?workflow=${workflow}`);

function rowOf({ by_target: rows }: Accuracy, target: string, origin = 'tracked'): Row | undefined {
  return rows.find((row) => row.target === target && row.origin === origin);
}

/** The first by itself, since all that come after it have something to be predicted from. */
function portionsOf(runs: readonly RecordedRun[]): readonly (readonly RecordedRun[])[] {
  const portions = [runs.slice(0, 1)];
  for (let first = 1; first < runs.length; first += runsAtOnce) portions.push(runs.slice(first, first + runsAtOnce));
  return portions;
}

/** The last run that went well is kept back. */
function split(runs: readonly RecordedRun[]): readonly [readonly RecordedRun[], RecordedRun] {
  const last = runs.findLast(({ id }) => truth.failed[id] === undefined);
  if (last === undefined) throw new Error('no recorded run went well');
  return [runs.filter((run) => run !== last), last];
}

function lastTimeMs(runs: readonly RecordedRun[]): number {
  return Math.max(...runs.flatMap(({ events }) => events.map(({ time }) => Date.parse(time))));
}

/** Asks with the command line, as a person does. */
function orrery(...parameters: readonly string[]): unknown {
  const cli = path.join(root, 'clients', 'cli', 'bin', 'orrery.mjs');
  return JSON.parse(execFileSync(process.execPath, [cli, ...parameters, '--json'], { cwd: root, encoding: 'utf8', env: { ...process.env, ORRERY_URL: platform.url } }));
}

describe('predictions of a pipeline that really ran', () => {
  it('count every execution once, though the platform was killed in the middle and was told the same again', async () => {
    const { by_target: rows } = await accuracy();
    const { runs, tasks } = truth;
    const counts = Object.fromEntries(rows.map(({ target, count }) => [target, count]));

    // The run that was kept back went well, with its five tasks; the first run and its first task had nothing to be predicted from.
    expect(rows.every(({ origin }) => origin === 'tracked')).toBe(true);
    expect(counts).toMatchObject({ failure: runs.count - 1 + tasks.count - 5, duration: runs.success - 2 + tasks.success - 6 });
    expect(await api.get('/api/v1/dead-letters')).toMatchObject({ items: [] });
  });

  it('get better, and `orrery accuracy` shows it, with the plain rules beside', async () => {
    const shown = orrery('accuracy', '--workflow', workflow) as Accuracy;
    const [first, , last] = shown.thirds;
    const duration = rowOf(shown, 'duration');

    expect(shown.thirds.map(({ count }) => count).reduce((sum, count) => sum + count)).toBe(duration?.count);
    expect(last?.within_25).toBeGreaterThan(first?.within_25 ?? 1);
    expect(last?.pinball).toBeLessThan(first?.pinball ?? 0);
    expect(shown.improvement).toBeCloseTo((last?.within_25 ?? 0) - (first?.within_25 ?? 0), 9);
    for (const third of shown.thirds) expect(third.floors.map(({ name }) => name)).toEqual(floors);
    expect(duration?.floors.map(({ name }) => name)).toEqual(floors);
    for (const floor of duration?.floors ?? []) {
      expect(floor.within_25).toBeLessThanOrEqual(duration?.within_25 ?? 0);
      expect(floor.mean_ape).toBeGreaterThanOrEqual(duration?.mean_ape ?? Number.POSITIVE_INFINITY);
    }
  });

  it('are asked for a run that runs, say when it will end, and are scored when it has', async () => {
    const { id, events } = further;
    await replayInTime(fromNow(events.slice(0, 1)));
    const runId = await runIdOf(id);
    await eventually(() => api.get<RunPrediction>(`/api/v1/runs/${runId}/prediction`));

    const inputBytes = String(truth.inputSizeBytes[id]?.['pack']);
    const asked = orrery('predict', '--workflow', workflow, '--task', 'pack', '--input-bytes', inputBytes, '--run', runId) as { readonly duration: { readonly p10_ms: number; readonly p50_ms: number; readonly p90_ms: number } };
    const toCome = fromNow(events.slice(1));
    const sorted = toCome.findIndex(({ data: { tasks = [] } }) => tasks.some(({ name, status }) => name === 'sort' && status === 'finished')) + 1;
    await replayInTime(toCome.slice(0, sorted));
    const halfTold = await eventually(async () => {
      const prediction = await api.get<RunPrediction>(`/api/v1/runs/${runId}/prediction`);
      return prediction.remaining_tasks.length === 3 && prediction;
    });

    expect(asked.duration.p10_ms).toBeLessThanOrEqual(asked.duration.p50_ms);
    expect(asked.duration.p50_ms).toBeLessThanOrEqual(asked.duration.p90_ms);
    expect(halfTold).toMatchObject({ state: 'running', finished_at: null, next_task: { candidates: expect.arrayContaining([expect.objectContaining({ task: 'summarise' })]) } });
    expect(halfTold.remaining_tasks.map(({ task }) => task).sort()).toEqual(['pack', 'summarise', 'verify']);
    expect(Date.parse(halfTold.eta.p50)).toBeGreaterThan(Date.parse(halfTold.asked_at));
    expect(Date.parse(halfTold.eta.p90)).toBeGreaterThanOrEqual(Date.parse(halfTold.eta.p50));

    const before = rowOf(await accuracy(), 'duration')?.count ?? 0;
    await replayInTime(toCome.slice(sorted));
    const report = await eventually(async () => {
      const after = await accuracy();
      return rowOf(after, 'duration')?.count === before + 4 && after;
    });
    expect(['duration', 'memory', 'failure'].map((target) => rowOf(report, target, 'asked')?.count)).toEqual([1, 1, 1]);
    expect(rowOf(report, 'duration', 'asked')?.floors.map(({ name }) => name)).toEqual(floors);
    expect(await api.get(`/api/v1/runs/${runId}/prediction`)).toMatchObject({ state: 'finished', remaining_tasks: [], next_task: null });
  });

  it('reach into the days to come', async () => {
    const forecast = await api.get<{ readonly hours: readonly { readonly arrivals: { readonly p50: number } }[]; readonly basis: { readonly runs: number } | null }>(`/api/v1/forecast?workflow=${workflow}&hours=48`);

    expect(forecast.hours).toHaveLength(48);
    expect(forecast.basis?.runs).toBe(history.length);
  });
});

/** The same events, as if the first of them happened now. */
function fromNow(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  return movedBy(events, Math.ceil((Date.now() - Date.parse(events[0]?.time ?? '')) / 1000));
}

/** Sends each event when it happens. */
async function replayInTime(events: readonly RecordedEvent[]): Promise<void> {
  for (const event of events) {
    await sleep(Math.max(Date.parse(event.time) - Date.now(), 0));
    await api.send([event]);
  }
}

async function runIdOf(externalId: string): Promise<string> {
  const found = await eventually(async () => {
    const { items } = await api.get<{ items: readonly { run_id: string; external_id: string }[] }>('/api/v1/runs?limit=10');
    return items.find(({ external_id: id }) => id === externalId);
  });
  return found.run_id;
}
