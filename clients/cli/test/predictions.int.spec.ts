import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from './command-line.js';
import { FakePlatform, type Handler } from './fake-platform.js';
import { anAccuracy, anAccuracyRow, aPrediction, RUN_ID } from './sample-answers.js';

let platform: FakePlatform;
let orrery: CommandLine;
let handler: Handler;

beforeEach(async () => {
  handler = () => undefined;
  platform = await FakePlatform.start((request, url) => handler(request, url));
  orrery = await CommandLine.create();
});

afterEach(async () => {
  await orrery.remove();
  await platform.stop();
});

const call = (...args: readonly string[]) => orrery.run(args, { url: platform.url });
const answer = (json: unknown) => {
  handler = () => ({ json });
};
const asked = () => platform.received.map(({ path }) => path);

describe('accuracy', () => {
  it('tells the score, the floors beside it, and how it came to be', async () => {
    answer(anAccuracy());

    const { code, stdout } = await call('accuracy', '--workflow', 'nightly', '--target', 'duration', '--since', '2026-01-01T00:00Z');

    expect(code).toBe(0);
    expect(stdout).toBe(`Score  82 % of durations at most a quarter off  on target (more than 80 %)
       plain rules: last success 74 %, median 60 %

Over time  +12.4 points from the first third to the last
  first third   70 % of 413, median error 10 %, plain rules: last success 74 %
  second third  78 % of 413, median error 10 %, plain rules: last success 74 %
  last third    82 % of 413, median error 10 %, plain rules: last success 74 %
  by week       ▁█  2026-01-05 70 % → 2026-01-12 85 %

TARGET     ORIGIN   COUNT  EXCELLENT  GOOD  FAIR  POOR  MEAN ERROR  MEDIAN  IN INTERVAL  BRIER  RIGHT
duration   tracked   1240       65 %  17 %  10 %   8 %        19 %     8 %         79 %
failure    tracked   1240                                                                0.081
next task  tracked   1240                                                                        90 %

WORKFLOW  SCORE  VERDICT  COUNT  DRIFT
nightly    82 %  target    1240  2.31 x as wrong since 2026-01-01 09:40 UTC

TASK    MODEL          TARGET    ORIGIN   COUNT  EXCELLENT  GOOD  FAIR  POOR  MEAN ERROR  MEDIAN  IN INTERVAL
answer  boosted trees  duration  tracked   1240       65 %  17 %  10 %   8 %        19 %     8 %         79 %
(run)   history        duration  tracked      3       65 %  17 %  10 %   8 %        19 %     8 %         79 %
`);
    expect(asked()).toEqual(['/api/v1/accuracy?workflow=nightly&target=duration&since=2026-01-01T00%3A00%3A00.000Z']);
  });

  it('says so when it is below the target, and when nothing was scored', async () => {
    answer(anAccuracy({ score: 0.55, verdict: 'critical', improvement: -0.031 }));
    const critical = await call('accuracy');
    answer(anAccuracy({ score: null, verdict: null, by_target: [], workflows: [], weeks: [], thirds: [], improvement: null, scored: 1 }));
    const other = await call('accuracy');
    answer(anAccuracy({ score: null, verdict: null, by_target: [], workflows: [], weeks: [], thirds: [], improvement: null, scored: 0 }));
    const none = await call('accuracy');

    expect(critical.stdout).toMatch(/^Score {2}55 % .* critical: below 60 %\n/);
    expect(critical.stdout).toContain('Over time  -3.1 points');
    expect(other.stdout).toMatch(/^Score {2}none: .*; 1 prediction of other kinds was\n/);
    expect(none.stdout).toMatch(/^nothing that was predicted has happened yet/);
  });

  it('is a document, or CSV that no name can break out of', async () => {
    const answered = anAccuracy();
    const odd = { ...answered.workflows[0]!, workflow: '=cmd|"x",y', tasks: [anAccuracyRow({ task: 'line\nbreak', model: 'history', floors: null })] };
    answer({ ...answered, workflows: [odd] });

    const json = await call('accuracy', '--json');
    const csv = await call('accuracy', '--csv');

    expect(JSON.parse(json.stdout)).toMatchObject({ score: 0.819, workflows: [{ workflow: '=cmd|"x",y' }] });
    expect(csv.stdout).toBe(`engine,namespace,workflow,task,model,target,origin,count,excellent,good,fair,poor,mean_ape,median_ape,pinball,coverage80,brier,accuracy,last_success_within_25,median_within_25
,,,,,duration,tracked,1240,800,216,124,100,0.19,0.084,0.05,0.79,,,0.741,0.6
,,,,,failure,tracked,1240,0,0,0,0,,,,,0.081,,,
,,,,,next_task,tracked,1240,0,0,0,0,,,,,,0.9,,
orrery,,"'=cmd|""x"",y","line
break",history,duration,tracked,1240,800,216,124,100,0.19,0.084,0.05,0.79,,,,
`);
  });

  it('refuses what is not predicted, and two forms at once', async () => {
    const results = await Promise.all([call('accuracy', '--target', 'weather'), call('accuracy', '--csv', '--json')]);

    expect(results.map(({ code }) => code)).toEqual([2, 2]);
    expect(asked()).toEqual([]);
  });
});

describe('predict', () => {
  it('tells what a task will come to, and what that rests on', async () => {
    answer({ predictions: [aPrediction()] });

    const { code, stdout } = await call('predict', '-w', 'nightly', '-t', 'answer', '--input-bytes', '2e9', '--run', RUN_ID, '--finished', 'fetch', 'build', '--target', 'duration', 'memory', '--machine-factor', '1.5');

    expect(code).toBe(0);
    expect(stdout).toBe(`nightly / answer
  duration   4m 7s  (80 % between 3m 50s and 5m 1s, confidence 82 %)
             by boosted trees 3, from 40 executions
  memory     410 MB  (80 % between 380 MB and 512 MB, confidence 50 %); allocate 530 MB, then 700 MB, 1.0 GB
             by history, from 40 executions of this task with any image and command
  failure    12 % likely
             by boosted trees 3, from 40 executions
  next task  test 81 % (good), the end 19 %  mode advise
             by n gram, from 40 executions

  what weighs most in the risk of failure
  - the last run failed
`);
    expect(platform.received.at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/predictions' });
    expect(JSON.parse(platform.received.at(-1)?.body.toString() ?? '')).toEqual({
      ...{ workflow: 'nightly', task: 'answer', input_size_bytes: 2e9, run_id: RUN_ID, finished_tasks: ['fetch', 'build'], targets: ['duration', 'memory'], machine_factor: 1.5 },
    });
  });

  it('says what is not known', async () => {
    const nothing = { p10_ms: null, p50_ms: null, p90_ms: null, confidence: null, prediction_id: null, basis: { model: 'none', version: 0, samples: 0, level: 0 } };
    answer({ predictions: [aPrediction({ duration: nothing, memory: null, failure: null, next_task: { prediction_id: null, mode: 'off', candidates: [], basis: null } })] });

    const { stdout } = await call('predict', '--workflow', 'nightly');

    expect(stdout).toBe(`nightly
  duration   nothing is known yet
             by no model
  next task  turned off for this workflow
             by no model
`);
  });

  it('is one document', async () => {
    answer({ predictions: [aPrediction()] });

    expect(JSON.parse((await call('predict', '-w', 'nightly', '--json')).stdout)).toEqual(aPrediction());
  });

  it.each([[], ['-w', 'x', '--input-bytes', 'many'], ['-w', 'x', '--target', 'weather'], ['-w', 'x', '--machine-factor', '0']])('refuses %p %p %p %p', async (...options: readonly string[]) => {
    expect((await call('predict', ...options)).code).toBe(2);
    expect(asked()).toEqual([]);
  });
});

describe('forecast', () => {
  const startMs = Date.UTC(2026, 2, 2, 22);
  const band = (p50: number) => ({ p10: p50 / 2, p50, p90: p50 * 2 });
  const forecast = {
    ...{ workflow: null, as_of: '2026-03-02T22:00:00.000Z', since: '2026-02-01T00:00:00.000Z' },
    hours: [1, 2, 0, 4].map((runs, index) => ({ at: new Date(startMs + index * 3_600_000).toISOString(), arrivals: band(runs), load_hours: band(runs / 4), cost_usd: runs / 10 })),
    peaks: [{ at: '2026-03-03T01:00:00.000Z', text: 'Tuesday 01:00 to 02:00 UTC: 4 runs an hour' }],
    cost: { text: '$0.70 until then' },
    basis: { text: 'Learned from 100 runs.' },
  };

  it('tells each day with its hours as bars, peaks and cost', async () => {
    answer(forecast);

    const { code, stdout } = await call('forecast', '--workflow', 'nightly', '--days', '2', '--price', '0.4');

    expect(code).toBe(0);
    expect(stdout).toBe(`All workflows  from 2026-03-02 22:00 UTC on

DAY             RUNS  LOAD  COST  RUNS BY THE HOUR, 0 TO 23  BUSIEST
Mon 2026-03-02     3   45m  $0.3  ······················▃▅   23:00: 2 (1 to 4)
Tue 2026-03-03     4    1h  $0.4  ▁█······················   01:00: 4 (2 to 8)

Peaks
  Tuesday 01:00 to 02:00 UTC: 4 runs an hour

Cost
  $0.70 until then

Learned from 100 runs.
`);
    expect(asked()).toEqual(['/api/v1/forecast?workflow=nightly&hours=48&price_per_hour=0.4']);
  });

  it('says so where nothing is known, and is one document', async () => {
    answer({ ...forecast, since: null, hours: [], peaks: [], cost: null, basis: null });
    const none = await call('forecast');
    answer(forecast);
    const document = await call('forecast', '--json');

    expect(none.stdout).toMatch(/^nothing was learned yet/);
    expect(JSON.parse(document.stdout)).toEqual(forecast);
  });

  it.each([['--days', '0'], ['--days', '31'], ['--price', 'free']])('refuses %p %p', async (...options) => {
    expect((await call('forecast', ...options)).code).toBe(2);
    expect(asked()).toEqual([]);
  });
});
