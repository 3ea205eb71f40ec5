import { placeLabels, type Box } from './label-places.js';

/** A policy in the plot. */
export interface PlotPoint {
  readonly label: string;
  readonly kind: 'heuristic' | 'tuned' | 'learned';
  /** Seconds. */
  readonly completion: number;
  /** Executor-seconds. */
  readonly cost: number;
}

export interface PlotPanel {
  /** Baseline and workload in words. */
  readonly title: string;
  readonly points: readonly PlotPoint[];
}

const WIDTH = 860;
const PANEL = { height: 460, left: 76, right: 24, top: 58, bottom: 56 } as const;
const HEAD = 76;
const FONT = 13;
/** Of a character, in font sizes: a sans serif is narrower almost everywhere. */
const CHARACTER = 0.58;
const ROOM = 0.12;

// Both themes in one file: whoever shows it says which is meant; on paper it is the light one.
const CSS = `
  svg { --paper: #ffffff; --ink: #1b1f24; --faint: #57606a; --grid: #d8dee4; --heuristic: #6e7781; --tuned: #9a6700; --learned: #0969da; --front: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --faint: #9da7b3; --grid: #30363d; --heuristic: #9da7b3; --tuned: #e3b341; --learned: #58a6ff; --front: #56d364; }
  }
  text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: ${FONT}px; fill: var(--ink); }
  .title { font-size: 18px; font-weight: 600; } .faint { fill: var(--faint); } .panel { font-weight: 600; }
  .grid { stroke: var(--grid); stroke-width: 1; } .front { stroke: var(--front); stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; } .lead { stroke: var(--faint); stroke-width: 0.8; }
  .label { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
  .heuristic { fill: var(--heuristic); } .tuned { fill: var(--tuned); } .learned { fill: var(--learned); }`;

/**
 * Draws mean completion time against executor-seconds, a panel a scenario, both on scales of ratios, with what nothing beats in both joined by a line.
 *
 * @returns an SVG document, legible on light and on dark
 */
export function paretoPlot(title: string, panels: readonly PlotPanel[]): string {
  const height = HEAD + panels.length * PANEL.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${CSS}</style>`,
    `<rect width="${WIDTH}" height="${height}" style="fill: var(--paper)"/>`,
    `<text class="title" x="20" y="32">${escape(title)}</text>`,
    legend(),
    ...panels.map((panel, index) => drawPanel(panel, HEAD + index * PANEL.height)),
    '</svg>',
    '',
  ].join('\n');
}

function legend(): string {
  const kinds = [
    ['learned', 'learned, λ: weight of executor-seconds'],
    ['tuned', 'best tuned heuristic'],
    ['heuristic', 'heuristic'],
  ] as const;
  let x = 28;
  const entries = kinds.map(([kind, words]) => {
    const entry = `${mark(kind, x, 54)}<text x="${x + 14}" y="58">${escape(words)}</text>`;
    x += 34 + words.length * FONT * CHARACTER;
    return entry;
  });
  return `${entries.join('\n')}\n<line class="front" x1="${x - 6}" y1="54" x2="${x + 20}" y2="54"/><text x="${x + 28}" y="58">nothing is better in both</text>`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly place: (value: number) => number;
}

function drawPanel({ title, points }: PlotPanel, top: number): string {
  const frame: Box = { left: PANEL.left, top: top + PANEL.top, width: WIDTH - PANEL.left - PANEL.right, height: PANEL.height - PANEL.top - PANEL.bottom };
  const x = scaleOf(points.map(({ cost }) => cost), frame.left, frame.left + frame.width);
  const y = scaleOf(points.map(({ completion }) => completion), frame.top + frame.height, frame.top);
  return [
    ...titleLines(title).map((line, index, all) => `<text class="panel" x="${PANEL.left}" y="${top + PANEL.top - 12 - (all.length - 1 - index) * 18}">${escape(line)}</text>`),
    ...ticksOf(x).map((value) => `<line class="grid" x1="${at(x.place(value))}" x2="${at(x.place(value))}" y1="${frame.top}" y2="${frame.top + frame.height}"/><text class="faint" text-anchor="middle" x="${at(x.place(value))}" y="${frame.top + frame.height + 18}">${amount(value)}</text>`),
    ...ticksOf(y).map((value) => `<line class="grid" x1="${frame.left}" x2="${frame.left + frame.width}" y1="${at(y.place(value))}" y2="${at(y.place(value))}"/><text class="faint" text-anchor="end" x="${frame.left - 8}" y="${at(y.place(value) + 4)}">${amount(value)}</text>`),
    `<text class="faint" text-anchor="middle" x="${frame.left + frame.width / 2}" y="${frame.top + frame.height + 40}">executor-seconds a sequence (less is cheaper)</text>`,
    `<text class="faint" text-anchor="middle" transform="translate(22 ${frame.top + frame.height / 2}) rotate(-90)">mean completion time, s (less is faster)</text>`,
    `<polyline class="front" points="${frontOf(points).map(({ cost, completion }) => `${at(x.place(cost))},${at(y.place(completion))}`).join(' ')}"/>`,
    drawPoints(points, frame, x, y),
  ].join('\n');
}

function drawPoints(points: readonly PlotPoint[], frame: Box, x: Scale, y: Scale): string {
  // Who matters most has the nearest label.
  const sorted = [...points].sort((one, other) => rank(one) - rank(other) || one.cost - other.cost);
  const places = sorted.map(({ cost, completion, label }) => ({ x: x.place(cost), y: y.place(completion), width: label.length * FONT * CHARACTER + 4, height: FONT + 4 }));
  const line = frontOf(points).map(({ cost, completion }) => ({ x: x.place(cost), y: y.place(completion) }));
  const boxes = placeLabels(places, frame, line.slice(1).flatMap((end, index) => alongLine(line[index] as Place, end)));
  const leads = boxes.map((box, index) => (box === undefined ? '' : leadLine(places[index] as Place, box)));
  const labels = sorted.map(({ label, kind }, index) => {
    const box = boxes[index];
    return box === undefined ? '' : `<text class="label ${kind}" x="${at(box.left + 2)}" y="${at(box.top + FONT)}">${escape(label)}</text>`;
  });
  const marks = sorted.map(({ kind }, index) => mark(kind, places[index]?.x ?? 0, places[index]?.y ?? 0));
  return [...leads, ...labels, ...marks].filter((part) => part !== '').join('\n');
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Small boxes along a line, close enough that no letter fits between them. */
function alongLine(from: Place, until: Place): readonly Box[] {
  const count = Math.ceil(Math.hypot(until.x - from.x, until.y - from.y) / 6);
  return Array.from({ length: count + 1 }, (_, step) => ({ left: from.x + ((until.x - from.x) * step) / Math.max(count, 1) - 2, top: from.y + ((until.y - from.y) * step) / Math.max(count, 1) - 2, width: 4, height: 4 }));
}

/** From a point to its label, where that is not beside it. */
function leadLine({ x, y }: Place, box: Box): string {
  const [nearX, nearY] = [Math.min(Math.max(x, box.left), box.left + box.width), Math.min(Math.max(y, box.top), box.top + box.height)];
  return Math.hypot(nearX - x, nearY - y) < 16 ? '' : `<line class="lead" x1="${at(x)}" y1="${at(y)}" x2="${at(nearX)}" y2="${at(nearY)}"/>`;
}

function rank({ kind }: PlotPoint): number {
  return ['learned', 'tuned', 'heuristic'].indexOf(kind);
}

function mark(kind: PlotPoint['kind'], x: number, y: number): string {
  if (kind === 'learned') return `<path class="learned" d="M${at(x)} ${at(y - 7)}l7 7l-7 7l-7 -7z"/>`;
  if (kind === 'tuned') return `<rect class="tuned" x="${at(x - 5.5)}" y="${at(y - 5.5)}" width="11" height="11"/>`;
  return `<circle class="heuristic" cx="${at(x)}" cy="${at(y)}" r="5"/>`;
}

/** Those that no other is at least as good as in both, the cheapest first. */
export function frontOf(points: readonly PlotPoint[]): readonly PlotPoint[] {
  return points
    .filter((one) => !points.some((other) => other.cost <= one.cost && other.completion <= one.completion && (other.cost < one.cost || other.completion < one.completion)))
    .sort((one, other) => one.cost - other.cost);
}

function scaleOf(values: readonly number[], from: number, until: number): Scale {
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const room = Math.max(ROOM * (most - least), 0.02);
  const [low, high] = [least - room, most + room];
  return { low: Math.exp(low), high: Math.exp(high), place: (value) => from + ((Math.log(value) - low) / (high - low)) * (until - from) };
}

/** Round numbers, four to nine of them. */
function ticksOf({ low, high }: Scale): readonly number[] {
  const steps = [1, 2, 2.5, 5].flatMap((factor) => [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7].map((power) => factor * 10 ** power)).sort((one, other) => one - other);
  const even = (step: number) => Array.from({ length: Math.max(0, Math.floor(high / step) - Math.ceil(low / step) + 1) }, (_, index) => Number(((Math.ceil(low / step) + index) * step).toPrecision(12)));
  if (high / low < 4) return even(steps.find((step) => (high - low) / step <= 8) ?? 1);
  const byDecade = [1, 1.5, 2, 3, 5, 7].flatMap((factor) => [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8].map((power) => Number((factor * 10 ** power).toPrecision(3)))).filter((value) => value >= low && value <= high);
  return (byDecade.length <= 9 ? byDecade : byDecade.filter((value) => [1, 2, 5].includes(Number(value.toExponential()[0])) && !String(value).startsWith('1.5'))).sort((one, other) => one - other);
}

function amount(value: number): string {
  return value >= 1000 ? value.toLocaleString('en-GB') : String(value);
}

const TITLE_LENGTH = 104;

function titleLines(title: string): readonly string[] {
  if (title.length <= TITLE_LENGTH) return [title];
  const at = title.lastIndexOf(' ', TITLE_LENGTH);
  const rest = title.slice(at + 1);
  return [title.slice(0, at), rest.length <= TITLE_LENGTH ? rest : `${rest.slice(0, TITLE_LENGTH - 1)}…`];
}

function at(place: number): string {
  return String(Math.round(place * 10) / 10);
}

function escape(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f]/g, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
