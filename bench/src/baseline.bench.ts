import { performance } from 'node:perf_hooks';
import { crc32 } from 'node:zlib';
import { encodeState, type Observation } from '@orrery/baseline/domain';
import { seededRandom } from '@orrery/stats';
import { dataFolder } from './baseline/evaluation-data.js';
import { detectionLatencyP99Ms } from './baseline/detection-latency.js';
import { detectionFigures, Tally, type DetectionFigures } from './baseline/injection.js';
import { recordedRuns, recordedTasks } from './baseline/recorded-observations.js';
import { ReplayedLog } from './baseline/replay.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';
import { rounded } from './harness/statistics.js';

// Real run and task times through the baseline's learning and judging: how often it is wrong, what it finds, how fast and how small it is.

const options = parseOptions('baseline', { data: { type: 'string' }, seed: { type: 'string', default: '1' }, probes: { type: 'string', default: '100' } });
const folder = dataFolder(options.data);
const sets = [
  { name: 'CI runs', observations: recordedRuns(folder) },
  { name: 'scientific tasks', observations: recordedTasks(folder) },
];

function replayed(observations: readonly Observation[], log: ReplayedLog): ReplayedLog {
  for (const observation of observations) log.take(observation);
  return log;
}

const results = sets.map(({ name, observations }) => {
  progress(`${name}: ${observations.length} observations`);
  const log = new ReplayedLog();
  return { name, observations, log, figures: detectionFigures(observations, log, seededRandom(Number(options.seed))) };
});

// The bounds of durations were chosen on the even half of the repositories: the other half shows whether they hold where nobody looked.
const halves = [0, 1].map((half) => {
  const observations = sets[0]!.observations.filter(({ namespace }) => crc32(namespace) % 2 === half);
  return { name: half === 0 ? 'CI runs, half chosen on' : 'CI runs, other half', figures: detectionFigures(observations, new ReplayedLog(), seededRandom(Number(options.seed))) };
});

const all = sets.flatMap(({ observations }) => observations);
const startedAt = performance.now();
const first = replayed(all, new ReplayedLog());
const tasksPerSecond = all.length / ((performance.now() - startedAt) / 1000);

// The second time every state goes through its stored form and one fact in three is delivered again.
const redelivered = all.flatMap((observation, index) => (index % 3 === 0 ? [observation, all[Math.max(index - 2, 0)] ?? observation, observation] : [observation]));
const storedAt = performance.now();
const second = replayed(redelivered, new ReplayedLog(true));
const storedPerSecond = redelivered.length / ((performance.now() - storedAt) / 1000);

const sizes = [...first.states.values()].map((state) => encodeState(state).length);
const bytesPerKey = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;

const percent = (tally: Tally) => (tally.count === 0 ? '' : `${rounded(tally.share * 100, 2)} % of ${tally.count}`);
function rowsOf(name: string, figures: DetectionFigures) {
  return [
    {
      data: name,
      rule: 'Orrery',
      alarms: percent(figures.alarms),
      on_successes: percent(figures.alarmsOnSuccesses),
      one_run_x3: percent(figures.slowRun),
      one_at_3x_usual: percent(figures.slowToUsual),
      five_runs_x3: percent(figures.slowEpisode),
      memory_2x_largest: percent(figures.memoryJump),
      memory_x3: percent(figures.memoryTimesThree),
    },
    ...figures.floors.map(({ floor, alarms, slowRun }) => ({ data: name, rule: floor.name, on_successes: percent(alarms), one_run_x3: percent(slowRun) })),
  ];
}

function joined(selections: readonly ((figures: DetectionFigures) => Tally)[]): number {
  const tallies = results.flatMap(({ figures }) => selections.map((select) => select(figures)));
  return rounded(tallies.reduce((sum, { found }) => sum + found, 0) / tallies.reduce((sum, { count }) => sum + count, 0), 4);
}

const injections = ['slowToUsual', 'slowRun', 'slowEpisode', 'memoryJump', 'memoryTimesThree'] as const;
function recallsOf(figures: DetectionFigures) {
  return Object.fromEntries(injections.filter((each) => figures[each].count > 0).map((each) => [each.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), rounded(figures[each].share, 4)]));
}

progress(`${options.probes} slow tasks reported to a running platform`);
const detectP99Ms = rounded(await detectionLatencyP99Ms(Number(options.probes)));

for (const { name, figures } of results) progress(`${name}, by cause: ${[...figures.byCause].map(([cause, count]) => `${cause} ${count}`).join(', ')}`);
report(
  [...results, ...halves].flatMap(({ name, figures }) => rowsOf(name, figures)),
  {
    bench: 'baseline',
    tasks_per_s: Math.round(tasksPerSecond),
    tasks_per_s_stored: Math.round(storedPerSecond),
    bytes_per_key: Math.round(bytesPerKey),
    bytes_per_key_largest: Math.max(...sizes),
    replay_equal: first.digest() === second.digest(),
    keys: first.states.size,
    detect_p99_ms: detectP99Ms,
    false_alarm_rate: joined([({ alarms }) => alarms]),
    false_alarm_rate_successes: joined([({ alarmsOnSuccesses }) => alarmsOnSuccesses]),
    // A run at three times what is usual for its key, and a task at twice the memory it ever used.
    recall_injected: joined([({ slowToUsual }) => slowToUsual, ({ memoryJump }) => memoryJump]),
    data: [...results, ...halves].map(({ name, figures }) => ({ name, false_alarm_rate: rounded(figures.alarms.share, 4), recall: recallsOf(figures) })),
  },
);
