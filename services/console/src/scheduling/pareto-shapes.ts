import type { Figures, Lambdas } from './model-card.js';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** A policy in the coordinates of the picture. */
export interface ParetoPoint {
  readonly policy: string;
  /** Its name, with the weight of executor-seconds that it was trained for where that is not 0. */
  readonly words: string;
  readonly isLearned: boolean;
  readonly x: number;
  readonly y: number;
  readonly meanCompletionSeconds: number;
  readonly executorSeconds: number;
  /** None is better in the one figure without being worse in the other. */
  readonly isOnFront: boolean;
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' | 'middle' };
}

export interface ParetoChart {
  readonly points: readonly ParetoPoint[];
  /** SVG path through the front; empty for fewer than two points on it. */
  readonly front: string;
  readonly rows: readonly { readonly y: number; readonly value: number }[];
  readonly columns: readonly { readonly x: number; readonly value: number }[];
}

interface Told {
  readonly policy: string;
  readonly meanCompletionSeconds: number;
  readonly executorSeconds: number;
}

/** What is so far from the best in one figure that the others would be one dot beside it. */
const farFactor = 1.6;

/** Policies that fit into a picture with the best, and those that would squeeze the others together; what left jobs undone is in neither. */
export function splitFar(figures: readonly Figures[]): { readonly near: readonly Told[]; readonly far: readonly Told[] } {
  const told = figures.flatMap(({ policy, meanCompletionSeconds, executorSeconds, unfinishedJobs }) =>
    meanCompletionSeconds === null || executorSeconds === null || (unfinishedJobs ?? 0) > 0 ? [] : [{ policy, meanCompletionSeconds, executorSeconds }],
  );
  const fastest = Math.min(...told.map(({ meanCompletionSeconds }) => meanCompletionSeconds));
  const cheapest = Math.min(...told.map(({ executorSeconds }) => executorSeconds));
  const isFar = ({ meanCompletionSeconds, executorSeconds }: Told): boolean => meanCompletionSeconds > farFactor * fastest || executorSeconds > farFactor * cheapest;
  const near = told.filter((one) => !isFar(one));
  return near.length < 2 ? { near: told, far: [] } : { near, far: told.filter(isFar) };
}

/** Lays out policies by executor-seconds, to the right, and mean completion time, upwards: down and to the left is better. */
export function paretoChart(told: readonly Told[], lambdas: Lambdas, { width, height }: ChartSize): ParetoChart {
  const columns = ticksOf(told.map(({ executorSeconds }) => executorSeconds));
  const rows = ticksOf(told.map(({ meanCompletionSeconds }) => meanCompletionSeconds));
  const x = scaleOf(columns, [0, width]);
  const y = scaleOf(rows, [height, 0]);
  const placed = told.map((one) => ({ ...one, words: wordsOf(one.policy, lambdas), isLearned: lambdas.has(one.policy), x: x(one.executorSeconds), y: y(one.meanCompletionSeconds), isOnFront: !told.some((other) => isBetter(other, one)) }));
  const front = placed.filter(({ isOnFront }) => isOnFront).sort((left, right) => left.x - right.x || left.y - right.y);
  return {
    points: withLabels(placed, width),
    front: front.length < 2 ? '' : `M${front.map((point) => `${String(point.x)},${String(point.y)}`).join('L')}`,
    rows: rows.map((value) => ({ y: y(value), value })),
    columns: columns.map((value) => ({ x: x(value), value })),
  };
}

function wordsOf(policy: string, lambdas: Lambdas): string {
  const lambda = lambdas.get(policy) ?? 0;
  return lambda === 0 ? policy : `${policy}, lambda ${String(lambda)}`;
}

function isBetter(one: Told, other: Told): boolean {
  const [faster, cheaper] = [one.meanCompletionSeconds - other.meanCompletionSeconds, one.executorSeconds - other.executorSeconds];
  return faster <= 0 && cheaper <= 0 && (faster < 0 || cheaper < 0);
}

/** Round values that take in all that is given, four to seven of them. */
export function ticksOf(values: readonly number[]): readonly number[] {
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((most - least) * 0.08, Math.abs(most) * 0.01, 1e-9);
  const [from, until] = [Math.max(0, least - margin), most + margin];
  const raw = (until - from) / 5;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * size >= raw) ?? 10) * size;
  const first = Math.floor(from / step);
  const count = Math.ceil(until / step) - first;
  return Array.from({ length: count + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function scaleOf(ticks: readonly number[], [start, end]: readonly [number, number]): (value: number) => number {
  const [from, until] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  return (value) => Math.round((start + ((value - from) / Math.max(until - from, 1e-12)) * (end - start)) * 100) / 100;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const letterWidth = 6.6;
const lineHeight = 14;
const gap = 10;

type Placed = Omit<ParetoPoint, 'label'>;

/** Names beside their points, each where it covers nothing; at the right where it must cover something. */
function withLabels(placed: readonly Placed[], width: number): readonly ParetoPoint[] {
  const taken: Box[] = placed.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  return placed.map((point) => {
    const choices = labelChoices(point);
    const isFree = ({ box }: LabelChoice): boolean => box.left >= 0 && box.right <= width && !taken.some((other) => overlaps(box, other));
    const fitting = choices.find(isFree) ?? choices.find(({ box }) => box.left >= 0 && box.right <= width) ?? labelAt(point, 'right', 4);
    taken.push(fitting.box);
    return { ...point, label: fitting.label };
  });
}

type Side = 'right' | 'left' | 'middle';

const sides: readonly (readonly [side: Side, down: number])[] = [['right', 4], ['left', 4], ['middle', -gap], ['middle', gap + 9], ['right', -gap], ['right', gap + 9], ['left', -gap], ['left', gap + 9]];

/** The line along the front comes from the upper left and goes to the lower right: names on it stand best in the other two corners. */
function labelChoices(point: Placed): readonly LabelChoice[] {
  const corners: typeof sides = point.isOnFront ? [['right', -6], ['left', 15]] : [];
  return [...corners, ...sides].map(([side, down]) => labelAt(point, side, down));
}

function labelAt({ words, x, y }: Placed, side: Side, down: number): LabelChoice {
  const wide = words.length * letterWidth;
  const left = side === 'right' ? x + gap : side === 'left' ? x - gap - wide : x - wide / 2;
  const anchor = side === 'right' ? 'start' : side === 'left' ? 'end' : 'middle';
  const labelX = side === 'right' ? x + gap : side === 'left' ? x - gap : x;
  return { label: { x: labelX, y: y + down, anchor }, box: { left, right: left + wide, top: y + down - 11, bottom: y + down - 11 + lineHeight } };
}

interface LabelChoice {
  readonly label: ParetoPoint['label'];
  readonly box: Box;
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
