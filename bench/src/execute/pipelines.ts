import { seededRandom, type Random } from '@orrery/stats';

/** A task of a generated pipeline: it sleeps and computes for so long, on a machine that does nothing else. */
export interface GeneratedTask {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly sleepMs: number;
  readonly burstMs: number;
}

export interface GeneratedPipeline {
  readonly name: string;
  readonly shape: Shape;
  readonly tasks: readonly GeneratedTask[];
}

const shapes = ['chain', 'fork-join', 'map-reduce', 'layers', 'independent'] as const;
type Shape = (typeof shapes)[number];

/** How many tasks each has, in the order in which they are handed in: large ones come first, as they do when a night's work is still there in the morning. */
const sizes = [30, 24, 16, 4, 8, 3, 6, 12, 5, 3, 10, 4] as const;
const shortestMs = 50;
const longestMs = 1_000;
/** One task in so many computes; more would measure how cores are shared, not who is given a slot. */
const burstsOneIn = 4;
const longestBurstMs = 150;

/** Pipelines of several shapes and sizes, the same for the same seed. */
export function generatePipelines(count: number, seed: number): GeneratedPipeline[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const shape = shapes[index % shapes.length] ?? 'chain';
    const size = sizes[index % sizes.length] ?? 3;
    const parents = parentsOf(shape, size, random);
    const tasks = parents.map((before, task) => ({ name: `t${task}`, dependsOn: before.map((each) => `t${each}`), ...workOf(random) }));
    return { name: `pipeline-${String(index + 1).padStart(2, '0')}-${shape}-${size}`, shape, tasks };
  });
}

/** For each task the earlier ones that it waits for. */
function parentsOf(shape: Shape, size: number, random: Random): number[][] {
  const indices = Array.from({ length: size }, (_, index) => index);
  const last = size - 1;
  switch (shape) {
    case 'chain':
      // Two chains side by side: a single one leaves nothing to decide.
      return indices.map((index) => (index < 2 ? [] : [index - 2]));
    case 'fork-join':
      return indices.map((index) => (index === 0 ? [] : index === last ? indices.slice(1, last) : [0]));
    case 'map-reduce': {
      const maps = Math.ceil(size * 0.7);
      return indices.map((index) => (index < maps ? [] : indices.slice(0, maps)));
    }
    case 'layers': {
      const width = Math.max(2, Math.round(Math.sqrt(size)));
      return indices.map((index) => (index < width ? [] : [...new Set([before(index, width, random), before(index, width, random)])]));
    }
    case 'independent':
      return indices.map(() => []);
  }
}

function before(index: number, width: number, random: Random): number {
  const start = (Math.floor(index / width) - 1) * width;
  return start + random.below(width);
}

/** Lengths between the shortest and the longest, as many between 50 and 100 ms as between 500 and 1,000. */
function workOf(random: Random): Pick<GeneratedTask, 'sleepMs' | 'burstMs'> {
  const lengthMs = Math.round(shortestMs * (longestMs / shortestMs) ** random.next());
  const burstMs = random.below(burstsOneIn) === 0 ? Math.min(longestBurstMs, lengthMs) : 0;
  return { sleepMs: lengthMs - burstMs, burstMs };
}

/**
 * The pipeline as a file for `orrery run`.
 *
 * @param loopsPerMs how often this machine's shell goes round an empty loop in a millisecond
 */
export function pipelineFile({ name, tasks }: GeneratedPipeline, loopsPerMs: number): string {
  const lines = tasks.map(({ name: task, dependsOn, sleepMs, burstMs }) => {
    const burst = burstMs === 0 ? [] : [`i=0; while [ $i -lt ${Math.round(burstMs * loopsPerMs)} ]; do i=$((i+1)); done`];
    const command = [...burst, ...(sleepMs === 0 ? [] : [`sleep ${(sleepMs / 1_000).toFixed(3)}`])].join('; ');
    return `  ${task}: ${JSON.stringify({ command, depends_on: dependsOn })}`;
  });
  return `name: ${name}\ntasks:\n${lines.join('\n')}\n`;
}

/** What the pipeline's tasks take one after the other, ms. */
export function workMs({ tasks }: GeneratedPipeline): number {
  return tasks.reduce((sum, { sleepMs, burstMs }) => sum + sleepMs + burstMs, 0);
}
