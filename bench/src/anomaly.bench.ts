import { alarmScore, emptyStreamState, encodeStreamState, observe } from '@orrery/baseline/domain';
import { isOrreryError } from '@orrery/errors';
import { costProfiles, type CostProfile } from './anomaly/cost-profile.js';
import { categories, halves, type HeldOut, type NamedSeries } from './anomaly/held-out.js';
import { bestThreshold, corpusScore, judge, normalisedScore, rawScore, type JudgedSeries } from './anomaly/judged-series.js';
import { corpusFolder, readCorpus, type NabSeries } from './anomaly/nab-corpus.js';
import { windowedGaussian } from './anomaly/windowed-gaussian.js';
import { dataFolder } from './baseline/evaluation-data.js';
import { parseOptions } from './harness/options.js';
import { progress, report, table } from './harness/report.js';

// The streaming detector on the Numenta Anomaly Benchmark's series, beside the windowed Gaussian at its published threshold.

const publishedGaussianThreshold = 1;

const rounded = (value: number): number => Math.round(value * 100) / 100;

interface Streamed {
  readonly scores: readonly number[];
  readonly stateBytes: number;
}

function streamed({ timestampsMs, values }: NabSeries): Streamed {
  let state = emptyStreamState();
  const scores = values.map((value, index) => {
    const observation = observe(state, timestampsMs[index]!, value);
    state = observation.state;
    return observation.score;
  });
  return { scores, stateBytes: encodeStreamState(state).length };
}

function alarms({ rows }: JudgedSeries, threshold: number): { readonly found: number; readonly falseAlarms: number } {
  const told = rows.filter(({ anomalyScore }) => anomalyScore >= threshold);
  return { found: new Set(told.flatMap(({ window }) => window ?? [])).size, falseAlarms: told.filter(({ window }) => window === null).length };
}

function perProfile<Value>(valueOf: (profile: CostProfile) => Value): Record<string, Value> {
  return Object.fromEntries(costProfiles.map((profile) => [profile.name, valueOf(profile)]));
}

function plain({ score, parts }: HeldOut): Record<string, unknown> {
  return { score: rounded(score), parts: parts.map((part) => ({ ...part, threshold: Number(part.threshold.toFixed(6)), score: part.score === null ? null : rounded(part.score) })) };
}

function best(corpus: readonly JudgedSeries[]): Record<string, unknown> {
  return perProfile((profile) => {
    const { threshold, score } = bestThreshold(corpus, profile);
    return { threshold: Number(threshold.toFixed(6)), score: rounded(score) };
  });
}

function corpusOrEnd(folder: string): NabSeries[] {
  try {
    return readCorpus(folder);
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

const options = parseOptions('anomaly', { data: { type: 'string' } });
const corpus = corpusOrEnd(corpusFolder(dataFolder(options.data)));
progress(`${corpus.length} series, ${corpus.reduce((sum, { values }) => sum + values.length, 0)} points`);

const startedAtMs = performance.now();
const results = corpus.map(streamed);
const seconds = (performance.now() - startedAtMs) / 1000;
const points = corpus.reduce((sum, { values }) => sum + values.length, 0);

const ours: NamedSeries[] = corpus.map(({ name, category, windows }, index) => ({ name, category, judged: judge(results[index]!.scores, windows) }));
const floor: NamedSeries[] = corpus.map(({ name, category, values, windows }) => ({ name, category, judged: judge(windowedGaussian(values), windows) }));
const judged = ours.map((one) => one.judged);
const floorJudged = floor.map((one) => one.judged);
const [standard] = costProfiles as [CostProfile];

// A series without a window has no normalised score: its raw score, what its false alarms cost, stands for it.
const shown = (series: JudgedSeries, threshold: number): string => {
  const raw = rawScore(series, standard, threshold);
  return series.windowCount === 0 ? `(${raw.toFixed(2)})` : normalisedScore(raw, series.windowCount, standard).toFixed(1);
};

const rows = ours.map(({ name, judged: series }, index) => {
  const { found, falseAlarms } = alarms(series, alarmScore);
  return { series: name, windows: series.windowCount, found, false_alarms: falseAlarms, score: shown(series, alarmScore), windowed_gaussian: shown(floorJudged[index]!, publishedGaussianThreshold) };
});

const scored = (all: readonly JudgedSeries[], threshold: number) => perProfile((profile) => rounded(corpusScore(all, profile, threshold)));
const categoryRows = [...new Set(ours.map(({ category }) => category))].map((category) => {
  const of = (all: readonly NamedSeries[]): JudgedSeries[] => all.filter((one) => one.category === category).map((one) => one.judged);
  const row = (all: readonly JudgedSeries[], threshold: number): string =>
    all.some(({ windowCount }) => windowCount > 0) ? corpusScore(all, standard, threshold).toFixed(1) : `(${all.reduce((sum, one) => sum + rawScore(one, standard, threshold), 0).toFixed(2)})`;
  return { category, series: of(ours).length, score: row(of(ours), alarmScore), windowed_gaussian: row(of(floor), publishedGaussianThreshold) };
});

process.stdout.write(`${table(rows)}\n${table(categoryRows)}\n`);
const heldOut = { halves: plain(halves(ours, standard)), leave_one_category_out: plain(categories(ours, standard)) };
const floorHeldOut = { halves: plain(halves(floor, standard)), leave_one_category_out: plain(categories(floor, standard)) };
const profileRows = costProfiles.map((profile) => {
  const fitted = bestThreshold(judged, profile);
  return {
    profile: profile.name,
    score: corpusScore(judged, profile, alarmScore).toFixed(2),
    best_threshold_here: fitted.threshold.toFixed(4),
    its_score: fitted.score.toFixed(2),
    windowed_gaussian: corpusScore(floorJudged, profile, publishedGaussianThreshold).toFixed(2),
  };
});
report(profileRows, {
  bench: 'anomaly',
  profiles: scored(judged, alarmScore),
  threshold: alarmScore,
  best_on_this_data: best(judged),
  windowed_gaussian: { ...scored(floorJudged, publishedGaussianThreshold), threshold: publishedGaussianThreshold, best_on_this_data: best(floorJudged), held_out: floorHeldOut },
  series: corpus.length,
  held_out: heldOut,
  points,
  points_per_s: Math.round(points / seconds),
  largest_state_bytes: Math.max(...results.map(({ stateBytes }) => stateBytes)),
});
