import { seededRandom } from '@orrery/stats';
import { measuredWorkload, type Workload } from '../src/domain/index.js';

const levels = [5, 10, 20] as const;

/** Two sizes of three made-up jobs, whose tasks take longer the more executors their job has. */
export function smallWorkload(name = 'made up'): Workload {
  const random = seededRandom(7);
  const stage = (taskCount: number, meanMs: number) => {
    const lists = (factor: number) => Object.fromEntries(levels.map((level) => [level, Array.from({ length: 4 }, () => Math.round(meanMs * factor * (1 + level / 40) * (0.8 + 0.4 * random.next())))]));
    return { n: taskCount, fw: lists(1.2), rw: lists(1), fd: lists(1.5) };
  };
  const job = (kind: number, size: number) => ({
    edges: [[0, 1], [0, 2], [1, 3], [2, 3]] as const,
    stages: [stage(4 * size, 400 * kind), stage(2 * size * kind, 800), stage(3, 1500 * size), stage(1 + size, 500 * kind)],
  });
  const jobs = Object.fromEntries([1, 3].flatMap((size) => [1, 2, 3].map((kind) => [`${size}g-${kind}`, job(kind, size)])));
  return measuredWorkload(name, { levels, sizes: ['1g', '3g'], jobs });
}
