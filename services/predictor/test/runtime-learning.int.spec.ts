import { describe, expect, it } from '@jest/globals';
import type { RegularSeries, StepSequence } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import './runtime-realm.js';
import { predictNext, predictSeries, publishNetwork, serveNetwork, splitSequences, trainSequenceNetwork, trainSeriesNetwork, type NetworkTrainer } from '../src/networks/index.js';
import { selectRuntime } from '../src/runtime/index.js';

const { runtime, report } = await selectRuntime('wasm');

const here: NetworkTrainer = async (spec, data, options) => await publishNetwork(runtime, await runtime.train(spec, data, options), report);

const stepMs = 600_000;

/** A load that goes up and down with a period of 30 steps that nobody told, with noise: the last value says little of the next ones. */
function wave(seed: number, length: number): RegularSeries {
  const random = seededRandom(seed);
  const phase = random.below(30);
  return { startMs: 1_700_000_000_000, stepMs, values: Array.from({ length }, (_, index) => 50 + 20 * Math.sin((2 * Math.PI * (index + phase)) / 30) + 2 * random.normal()) };
}

/** Runs whose third task depends on the first one and whose end depends on a number: the last task alone does not tell. */
function runs(seed: number, count: number): StepSequence[] {
  const random = seededRandom(seed);
  const step = (task: string, size: number): StepSequence[number] => ({ words: [task, random.next() < 0.5 ? 'east' : 'west'], numerics: [size] });
  return Array.from({ length: count }, () => {
    const [isTest, size] = [random.next() < 0.5, random.normal()];
    const middle = random.next() < 0.5 ? ['lint'] : ['lint', 'build'];
    return [isTest ? 'test' : 'deploy', ...middle, isTest ? 'report' : 'notify', ...(size > 0 ? ['archive'] : [])].map((task) => step(task, size));
  });
}

describe('a series network', () => {
  it.each([1, 2, 3])('beats last value on a load that goes up and down, with intervals that hold (seed %i)', async (seed) => {
    const { network, use } = await trainSeriesNetwork([wave(seed, 700), wave(seed + 10, 700)], {
      horizonMs: 4 * stepMs,
      unitCount: 8,
      stepCount: 12,
      seasonLength: 0,
      seed,
      epochLimit: 8,
      learningRate: 0.01,
      batchSize: 64,
      train: here,
    });

    expect(use.heldOut.isBetter).toBe(true);
    expect(use.heldOut.error).toBeLessThan(0.6 * use.heldOut.lastValueError);
    expect(use.heldOut.coverage80).toBeGreaterThan(0.7);
    expect(use.heldOut.coverage80).toBeLessThan(0.9);
    const served = await serveNetwork(network);
    const history = wave(99, 200);
    const forecast = await predictSeries(served, JSON.parse(JSON.stringify(use)) as typeof use, history);
    await served.close();
    expect(forecast).toMatchObject({ startMs: history.startMs + 200 * stepMs, stepMs });
    expect(forecast.p50).toHaveLength(4);
    forecast.p50.forEach((value, ahead) => {
      expect(forecast.p10[ahead]).toBeLessThanOrEqual(value);
      expect(forecast.p90[ahead]).toBeGreaterThanOrEqual(value);
      expect(value).toBeGreaterThan(20);
      expect(value).toBeLessThan(80);
    });
  });

  it('forecasts a constant as itself and refuses a history with a gap, another step or too few values', async () => {
    const { network, use } = await trainSeriesNetwork([wave(5, 400)], { horizonMs: 2 * stepMs, unitCount: 4, seasonLength: 0, epochLimit: 1, train: here });
    const served = await serveNetwork(network);
    const flat = { startMs: 0, stepMs, values: Array.from({ length: 50 }, () => 7) };
    const refused = expect.objectContaining({ code: 'ORRERY_VALIDATION' });

    expect(await predictSeries(served, use, flat)).toEqual({ startMs: 50 * stepMs, stepMs, p10: [7, 7], p50: [7, 7], p90: [7, 7] });
    await expect(predictSeries(served, use, { ...flat, values: flat.values.with(45, Number.NaN) })).rejects.toEqual(refused);
    await expect(predictSeries(served, use, { ...flat, stepMs: 1 })).rejects.toEqual(refused);
    await expect(predictSeries(served, use, { ...flat, values: [1, 2] })).rejects.toEqual(refused);
    await expect(trainSeriesNetwork([wave(5, 20)], { horizonMs: 2 * stepMs, train: here })).rejects.toEqual(refused);
    await expect(trainSeriesNetwork([], { horizonMs: stepMs, train: here })).rejects.toEqual(refused);
    await served.close();
  });
});

describe('a sequence network', () => {
  it.each([1, 2, 3])('beats what most often followed, by what lies further back and by numbers (seed %i)', async (seed) => {
    const { network, use } = await trainSequenceNetwork(splitSequences(runs(seed, 400)), { seed, unitCount: 12, stepCount: 6, pooling: seed === 2 ? 'attention' : 'last', epochLimit: 14, learningRate: 0.02, batchSize: 64, train: here });

    expect(use.heldOut.accuracy).toBeGreaterThan(use.heldOut.followerAccuracy + 0.1);
    const served = await serveNetwork(network);
    const next = await predictNext(served, JSON.parse(JSON.stringify(use)) as typeof use, [
      { words: ['test', 'east'], numerics: [2] },
      { words: ['lint', 'never seen'], numerics: [2] },
      { words: ['build', 'west'], numerics: [2] },
    ]);
    const last = await predictNext(served, use, [
      { words: ['test', 'east'], numerics: [-2] },
      { words: ['lint', 'east'], numerics: [-2] },
      { words: ['report', 'west'], numerics: [-2] },
    ]);
    await served.close();
    expect(next[0]!.task).toBe('report');
    expect(next.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    expect(last[0]!.task).toBeNull();
  });

  it('refuses steps of another form', async () => {
    const { network, use } = await trainSequenceNetwork(splitSequences(runs(9, 60)), { unitCount: 4, stepCount: 4, epochLimit: 1, train: here });
    const served = await serveNetwork(network);

    await expect(predictNext(served, use, [])).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    await expect(predictNext(served, use, [{ words: ['test'], numerics: [1] }])).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    await expect(predictNext(served, use, [{ words: ['test', 'east'], numerics: [] }])).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    await served.close();
  });
});
