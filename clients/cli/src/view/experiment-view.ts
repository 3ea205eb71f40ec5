import type { Effect, Experiment, ExperimentReport, ExperimentResult, ShadowReport } from '../experiment-shapes.js';
import { showNumber, showShare } from './amount.js';
import { counted, oneLine, type Style } from './style.js';
import type { Column } from './table.js';
import { showAgo, showDuration, showMoment } from './time.js';
import { wrap } from './wrap.js';

interface ExperimentViewOptions {
  readonly style: Style;
  readonly width: number;
  readonly nowMs: number;
}

const LABEL_WIDTH = 14;

export function experimentColumns({ style, nowMs }: Pick<ExperimentViewOptions, 'style' | 'nowMs'>): readonly Column<Experiment>[] {
  return [
    { head: 'EXPERIMENT', cell: ({ name }) => oneLine(name, 200), maxWidth: 40, paint: (_, text) => style.strong(text) },
    { head: 'KIND', cell: ({ kind }) => kind },
    { head: 'SCHEDULER', cell: ({ scheduler }) => oneLine(scheduler, 100), maxWidth: 24 },
    { head: 'POLICY', cell: ({ policy, control }) => oneLine(control === null ? policy : `${policy} against ${control}`, 200), maxWidth: 40 },
    { head: 'STATUS', cell: ({ status }) => wordsOf(status), paint: ({ status }, text) => paintOf(status, style)(text) },
    { head: 'STARTED', cell: ({ started_at: at }) => showAgo(at, nowMs), isRight: true },
    { head: 'WHY', cell: ({ reason }) => oneLine(reason, 300), maxWidth: 80 },
  ];
}

/** All that may be told of an experiment now; nothing of its effect before its horizon. */
export function tellExperiment(report: ExperimentReport, options: ExperimentViewOptions): string[] {
  const { style } = options;
  const { name, kind, status, shadow, breaker, result } = report;
  const facts = [...headFacts(report, options), ...designFacts(report), ...progressFacts(report), ...(result === null ? [] : resultFacts(result)), ...(shadow === null ? [] : shadowFacts(shadow))];
  const lines = [...facts, ['breaker', breaker.phase === 'closed' ? '' : `${breaker.phase}: ${oneLine(breaker.words, 500)}`] as const, ...report.notes.map((note) => ['note', oneLine(note, 500)] as const)];
  return [`${style.strong(oneLine(name, 200))}  ${kind}  ${paintOf(status, style)(wordsOf(status))}`, ...lines.filter(([, words]) => words !== '').flatMap(([label, words]) => hang(label, words, options))];
}

type Fact = readonly [label: string, words: string];

function headFacts({ policy, control, scheduler, started_at: startedAt, started_by: by, ends_at: endsAt, ended_at: endedAt, reason, note, status }: ExperimentReport, { nowMs }: ExperimentViewOptions): readonly Fact[] {
  const tried = control === null ? `${oneLine(policy, 100)}, without effect` : `${oneLine(policy, 100)} against ${oneLine(control, 100)}`;
  return [
    ['tries', `${tried}, at scheduler ${oneLine(scheduler, 100)}`],
    ['started', `${showMoment(startedAt)} UTC by ${oneLine(by, 100)}`],
    [status === 'running' ? 'ends' : 'ended', status === 'running' ? `${showMoment(endsAt)} UTC (${showAgo(endsAt, nowMs)})` : `${showMoment(endedAt)} UTC`],
    ['because', oneLine(reason, 1000)],
    ['remark', oneLine(note, 500)],
  ];
}

function designFacts({ design }: ExperimentReport): readonly Fact[] {
  if (design === null) return [];
  const { block_ms: blockMs, burn_in_ms: burnInMs, blocks, hold_out: holdOut, ramp_blocks: ramp, roll_out: rollsOut, minimum_effect: minimum, rollback_above: above } = design;
  return [
    ['measures', `the mean completion time of runs by block: at least ${showShare(minimum)} shorter is wanted, more than ${showShare(above)} longer ends it`],
    ['blocks', `${blocks} of ${showDuration(blockMs)}, the first ${showDuration(burnInMs)} of each dropped; ${holdOut === 0 ? 'none held out' : `${showShare(holdOut)} of them held out for good`}`],
    ['roll-out', [ramp === 0 ? '' : `5 % of the first ${ramp} blocks, 25 % of the next ${ramp}, then half`, rollsOut ? 'all but those held out once it is clearly better' : ''].filter((words) => words !== '').join('; ')],
  ];
}

function progressFacts({ progress, result, status }: ExperimentReport): readonly Fact[] {
  if (progress === null) return [];
  const { blocks_done: done, blocks, control, treatment, decisions, faults, since_end: since } = progress;
  const unfinished = control.unfinished + treatment.unfinished;
  return [
    ['progress', `${done} of ${blocks} blocks; ${counted(treatment.runs, 'run')} under treatment and ${control.runs} under control count so far${unfinished === 0 ? '' : `, ${unfinished} without an end yet`}`],
    ['decisions', decisions === 0 ? '' : `${decisions} of the policy, ${faults} of them failed`],
    ['effect', result !== null ? '' : status === 'running' ? 'not told before the last block has ended' : 'never told: the last block was not reached'],
    ['since', since === null || since.held_out.runs + since.others.runs === 0 ? '' : `${showDuration(since.held_out.completion_ms)} in held-out blocks (${counted(since.held_out.runs, 'run')}), ${showDuration(since.others.completion_ms)} in the others (${since.others.runs})`],
  ];
}

function resultFacts({ verdict, reaches_minimum_effect: reaches, p_value: pValue, pairs, completion, resource }: ExperimentResult): readonly Fact[] {
  return [
    ['verdict', `${verdict}${verdict === 'better' ? `, ${reaches ? 'by as much as was wanted' : 'by less than was wanted'}` : ''} (p = ${showNumber(pValue)}, ${counted(pairs, 'pair')} of blocks)`],
    ['completion', completion === null ? 'no pair of blocks had runs on both sides' : effectWords(completion)],
    ['task time', resource === null ? '' : effectWords(resource)],
  ];
}

function shadowFacts({ decisions, missing, agreement, slot_agreement: slots, latency_ms: latency, predicted }: ShadowReport): readonly Fact[] {
  return [
    ['decisions', `${decisions}${missing === 0 ? '' : `, ${missing} without an answer of the shadow`}`],
    ['agreement', agreement === null ? '' : `${showShare(agreement)} of decisions, ${showShare(slots)} of slots`],
    ['latency', latency === null ? '' : `median ${showNumber(latency.p50)} ms, p95 ${showNumber(latency.p95)} ms, p99 ${showNumber(latency.p99)} ms`],
    [
      'predicted',
      predicted === null
        ? ''
        : `${change(predicted.ratio)} mean completion time than what serves (95 % interval ${interval(predicted)}) over ${counted(predicted.runs, 'replayed run')}; against the heuristic ${change(1 - predicted.shadow_gain)}, what serves ${change(1 - predicted.serving_gain)}`,
    ],
  ];
}

function effectWords(effect: Effect): string {
  return `${showDuration(effect.treatment_ms)} against ${showDuration(effect.control_ms)}: ${change(effect.ratio)} (95 % interval ${interval(effect)})`;
}

function change(ratio: number): string {
  return ratio === 1 ? 'the same' : `${showShare(Math.abs(1 - ratio))} ${ratio < 1 ? 'less' : 'more'}`;
}

function interval({ low, high }: Pick<Effect, 'low' | 'high'>): string {
  const signed = (ratio: number) => `${ratio < 1 ? '-' : '+'}${showShare(Math.abs(1 - ratio))}`;
  return `${signed(low)} to ${signed(high)}`;
}

function hang(label: string, words: string, { style, width }: ExperimentViewOptions): string[] {
  const lines = wrap(words, Math.max(40, width), ' '.repeat(LABEL_WIDTH));
  return lines.map((line, index) => (index === 0 ? `${style.faint(label.padEnd(LABEL_WIDTH))}${line.slice(LABEL_WIDTH)}` : line));
}

function wordsOf(status: Experiment['status']): string {
  return status.replace('_', ' ');
}

function paintOf(status: Experiment['status'], style: Style): Style['good'] {
  if (status === 'running') return style.busy;
  if (status === 'rolled_back') return style.bad;
  return status === 'completed' ? style.good : style.faint;
}
