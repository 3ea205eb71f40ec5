import { describe, expect, it } from '@jest/globals';
import { generatePipelines, pipelineFile, workMs } from './pipelines.js';

describe('generated pipelines', () => {
  it('are the same for the same seed, of several shapes and 3 to 30 tasks, the large ones first', () => {
    const pipelines = generatePipelines(12, 1);

    expect(pipelines).toEqual(generatePipelines(12, 1));
    expect(pipelines).not.toEqual(generatePipelines(12, 2));
    expect(pipelines.map(({ tasks }) => tasks.length)).toEqual([30, 24, 16, 4, 8, 3, 6, 12, 5, 3, 10, 4]);
    expect(new Set(pipelines.map(({ shape }) => shape)).size).toBe(5);
  });

  it('have tasks of 50 ms to a second that wait for earlier ones only', () => {
    for (const { tasks } of generatePipelines(24, 3)) {
      for (const [index, { dependsOn, sleepMs, burstMs }] of tasks.entries()) {
        expect(sleepMs + burstMs).toBeGreaterThanOrEqual(50);
        expect(sleepMs + burstMs).toBeLessThanOrEqual(1_000);
        for (const before of dependsOn) expect(Number(before.slice(1))).toBeLessThan(index);
      }
    }
  });

  it('are files that name every task with its command', () => {
    const pipeline = { name: 'p', shape: 'chain', tasks: [{ name: 't0', dependsOn: [], sleepMs: 100, burstMs: 50 }, { name: 't1', dependsOn: ['t0'], sleepMs: 60, burstMs: 0 }] } as const;

    expect(pipelineFile(pipeline, 10)).toBe('name: p\ntasks:\n  t0: {"command":"i=0; while [ $i -lt 500 ]; do i=$((i+1)); done; sleep 0.100","depends_on":[]}\n  t1: {"command":"sleep 0.060","depends_on":["t0"]}\n');
    expect(workMs(pipeline)).toBe(210);
  });
});
