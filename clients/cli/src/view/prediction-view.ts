import type { DurationPrediction, FailurePrediction, MemoryPrediction, NextTaskPrediction, Prediction, PredictionBasis } from '../prediction-shapes.js';
import { showAmount, showShare } from './amount.js';
import { counted, oneLine, type Style } from './style.js';
import { wrap } from './wrap.js';

interface Told {
  readonly workflow: string;
  readonly task: string | undefined;
  readonly prediction: Prediction;
}

interface PredictionViewOptions {
  readonly style: Style;
  readonly width: number;
}

/** What a run or task will come to, a line for each thing that is predicted, and what it rests on. */
export function tellPrediction({ workflow, task, prediction }: Told, { style, width }: PredictionViewOptions): string[] {
  const { duration, memory, failure, next_task: next } = prediction;
  const lines: readonly (readonly [string, string, PredictionBasis | null])[] = [
    ...(duration === null ? [] : [['duration', durationWords(duration, style), duration.basis] as const]),
    ...(memory === null ? [] : [['memory', memoryWords(memory, style), memory.basis] as const]),
    ...(failure === null ? [] : [['failure', failureWords(failure, style), failure.basis] as const]),
    ...(next === null ? [] : [['next task', nextWords(next, style), next.basis] as const]),
  ];
  return [
    style.strong(oneLine([workflow, task ?? ''].filter(Boolean).join(' / '), width)),
    ...lines.flatMap(([name, words, basis]) => [`  ${style.faint(name.padEnd(9))}  ${words}`, `  ${' '.repeat(9)}  ${style.faint(basisWords(basis))}`]),
    ...adviceLines(next, width),
    ...reasonLines(failure, width),
  ];
}

const LONGEST_TEXT = 500;
const UNKNOWN = 'nothing is known yet';

function durationWords({ p10_ms: low, p50_ms: middle, p90_ms: high, confidence }: DurationPrediction, style: Style): string {
  return intervalWords([low, middle, high], 'ms', confidence, style);
}

function memoryWords({ p10_bytes: low, p50_bytes: middle, p90_bytes: high, confidence, allocation_bytes: allocation, retry_allocations_bytes: retries }: MemoryPrediction, style: Style): string {
  const later = (retries ?? []).map((size) => showAmount(size, 'By'));
  const allocate = allocation === null ? '' : `; allocate ${style.strong(showAmount(allocation, 'By'))}${later.length === 0 ? '' : `, then ${later.join(', ')}`}`;
  return `${intervalWords([low, middle, high], 'By', confidence, style)}${allocate}`;
}

function intervalWords([low, middle, high]: readonly (number | null)[], unit: string, confidence: number | null, style: Style): string {
  const usual = showAmount(middle, unit);
  if (usual === '') return UNKNOWN;
  const sure = confidence === null ? '' : `, confidence ${showShare(confidence)}`;
  return `${style.strong(usual)}  (80 % between ${showAmount(low, unit) || '?'} and ${showAmount(high, unit) || '?'}${sure})`;
}

function failureWords({ probability }: FailurePrediction, style: Style): string {
  return probability === null ? UNKNOWN : `${style.strong(showShare(probability))} likely`;
}

function reasonLines(failure: FailurePrediction | null, width: number): string[] {
  const reasons = failure?.reasons ?? [];
  return reasons.length === 0 ? [] : ['', '  what weighs most in the risk of failure', ...reasons.map((reason) => `  - ${oneLine(reason, Math.max(40, width - 4))}`)];
}

function adviceLines(next: NextTaskPrediction | null, width: number): string[] {
  return next?.advice ? ['', ...wrap(oneLine(next.advice, LONGEST_TEXT), width, '  ')] : [];
}

function nextWords({ mode, candidates }: NextTaskPrediction, style: Style): string {
  if (candidates === null || candidates.length === 0) return mode === 'off' ? 'turned off for this workflow' : UNKNOWN;
  const words = candidates.map(({ task, probability, annotation }) => `${task === '' ? 'the end' : oneLine(task, 60)} ${showShare(probability)}${annotation ? ` (${oneLine(annotation, 20)})` : ''}`);
  return `${style.strong(words[0] ?? '')}${words.length > 1 ? `, ${words.slice(1).join(', ')}` : ''}${mode === null || mode === '' ? '' : style.faint(`  mode ${oneLine(mode, 20)}`)}`;
}

const LEVELS: Readonly<Record<number, string>> = { 3: 'of this task with any image and command', 4: 'of any task of the workflow' };

function basisWords(basis: PredictionBasis | null): string {
  if (basis === null || basis.model === 'none') return 'by no model';
  const { model, version, samples, level } = basis;
  const name = `${oneLine(model, 40).replaceAll('_', ' ')}${version ? ` ${version}` : ''}`;
  const seen = samples === null ? '' : `, from ${counted(samples, 'execution')}${level === null || LEVELS[level] === undefined ? '' : ` ${LEVELS[level]}`}`;
  return `by ${name}${seen}`;
}
