import { OrreryError } from '@orrery/errors';
import { addSums, floorNames, type AccuracySums } from '../domain/index.js';
import type { AccuracyEntry, MedianError, Third, WorkflowDrift } from './accuracy.repository.js';
import type { AccuracyReportView, AccuracyRowView, FloorView, WorkflowAccuracyView } from './accuracy.view.js';

export interface ReportParts {
  readonly entries: readonly AccuracyEntry[];
  readonly medians: readonly MedianError[];
  readonly thirds: readonly Third[];
  readonly drifting: readonly WorkflowDrift[];
}

/** Shares within 25 % that people asked for. */
const target = 0.8;
const critical = 0.6;

/** Puts the report together: every number is a sum over the ledger or read off its latest predictions. */
export function reportOf({ entries, medians, thirds, drifting }: ReportParts): AccuracyReportView {
  const durations = entries.filter(({ key }) => key.target === 'duration' && key.origin === 'tracked');
  const score = scoreOf(durations);
  const [first, last] = [thirds.at(0), thirds.at(-1)];
  return {
    score,
    verdict: verdictOf(score),
    scored: total(entries)?.count ?? 0,
    by_target: grouped(entries, ({ key }) => [key.target, key.origin]).map((group) => ({
      ...rowOf(group),
      median_ape: medians.find(({ target: of, origin }) => of === group[0]?.key.target && origin === group[0].key.origin)?.medianApe ?? null,
    })),
    workflows: grouped(entries, ({ key }) => [key.workflowId]).map((group) => workflowOf(group, drifting)),
    weeks: grouped(entries.filter(({ key }) => key.origin === 'tracked'), ({ key }) => [key.week, key.target]).map((group) => weekOf(group)),
    thirds: thirds.map(thirdOf),
    improvement: first === undefined || last === undefined || thirds.length < 3 ? null : last.within25 / last.count - first.within25 / first.count,
  };
}

function thirdOf({ third, fromMs, untilMs, count, within25, medianApe, pinball, floorShares }: Third): AccuracyReportView['thirds'][number] {
  return {
    ...{ third, from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString(), count, within_25: within25 / count, median_ape: medianApe, pinball },
    floors: floorNames.map((name, index) => ({ name, within_25: floorShares[index] ?? null })),
  };
}

function workflowOf(group: readonly AccuracyEntry[], drifting: readonly WorkflowDrift[]): WorkflowAccuracyView {
  const [{ key } = neverEmpty()] = group;
  const score = scoreOf(group.filter(({ key: { target: of, origin } }) => of === 'duration' && origin === 'tracked'));
  const drift = drifting.find(({ workflowId }) => workflowId === key.workflowId);
  return {
    ...{ workflow_id: key.workflowId, engine: key.engine, namespace: key.namespace, workflow: key.workflow, score, verdict: verdictOf(score), count: total(group)?.count ?? 0 },
    drift: drift === undefined ? null : { since: new Date(drift.sinceMs).toISOString(), ratio: drift.quick / drift.steady },
    tasks: grouped(group, ({ key: of }) => [of.task, of.target, of.origin, of.model, String(of.version)]).map((rows) => {
      const [{ key: of } = neverEmpty()] = rows;
      return { ...rowOf(rows), median_ape: null, task: of.task, model: of.model, version: of.version };
    }),
  };
}

function weekOf(group: readonly AccuracyEntry[]): AccuracyReportView['weeks'][number] {
  const [{ key } = neverEmpty()] = group;
  const { count, within_25, pinball, accuracy } = rowOf(group);
  return { week: key.week, target: key.target, count, within_25, pinball, accuracy };
}

function rowOf(group: readonly AccuracyEntry[]): Omit<AccuracyRowView, 'median_ape'> {
  const [{ key } = neverEmpty()] = group;
  const sums = total(group) ?? neverEmpty();
  const { count, excellent, good, fair, poor } = sums;
  const isInterval = key.target === 'duration' || key.target === 'memory';
  const share = (sum: number) => (isInterval ? sum / count : null);
  return {
    ...{ target: key.target, origin: key.origin, count, excellent, good, fair, poor },
    ...{ within_25: share(excellent + good), mean_ape: share(sums.apeSum), pinball: share(sums.pinballSum), coverage80: share(sums.covered) },
    ...{ brier: isInterval ? null : sums.brierSum / count, accuracy: isInterval ? null : sums.rightCount / count },
    floors: floorNames.flatMap((name, index) => floorOf(name, sums, index)),
  };
}

function floorOf(name: FloorView['name'], { floorCounts, floorHits, floorApeSums, floorPinballSums }: AccuracySums, index: number): readonly FloorView[] {
  const count = floorCounts[index] ?? 0;
  if (count === 0) return [];
  return [{ name, count, within_25: (floorHits[index] ?? 0) / count, mean_ape: (floorApeSums[index] ?? 0) / count, pinball: (floorPinballSums[index] ?? 0) / count }];
}

function scoreOf(group: readonly AccuracyEntry[]): number | null {
  const sums = total(group);
  return sums === null ? null : (sums.excellent + sums.good) / sums.count;
}

function verdictOf(score: number | null): AccuracyReportView['verdict'] {
  if (score === null) return null;
  if (score > target) return 'target';
  return score >= critical ? 'warning' : 'critical';
}

function total(group: readonly AccuracyEntry[]): AccuracySums | null {
  return group.reduce<AccuracySums | null>((sum, { sums }) => (sum === null ? sums : addSums(sum, sums)), null);
}

function grouped(entries: readonly AccuracyEntry[], keyOf: (entry: AccuracyEntry) => readonly string[]): readonly (readonly AccuracyEntry[])[] {
  const groups = new Map<string, AccuracyEntry[]>();
  for (const entry of entries) {
    const id = JSON.stringify(keyOf(entry));
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [entry]);
    else group.push(entry);
  }
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, group]) => group);
}

function neverEmpty(): never {
  throw new OrreryError('ORRERY_VALIDATION', 'a group of scores has no entry');
}

