import { describe, expect, it } from '@jest/globals';
import { namedRules } from '../../domain/index.js';
import { EpisodeRunner } from '../episodes/run-episodes.js';
import { readJobs } from './read-jobs.js';

const dag = { name: 'nightly', stages: [{ name: 'build', duration_ms: 60_000 }, { name: 'test', tasks: 8, durations_ms: [10_000, 30_000], memory_bytes: 1e9, depends_on: ['build'] }] };
const wfTask = (id: string, parents: readonly string[] = []) => ({ id, name: id, parents, children: [], inputFiles: ['x'] });
const wf = {
  name: 'genome',
  schemaVersion: '1.5',
  workflow: {
    specification: { tasks: [wfTask('split_ID1'), wfTask('map_ID2', ['split_ID1']), wfTask('map_ID3', ['split_ID1']), wfTask('merge_ID4', ['map_ID2', 'map_ID3'])] },
    execution: { tasks: [{ id: 'split_ID1', runtimeInSeconds: 2 }, { id: 'map_ID2', runtimeInSeconds: 10, memoryInBytes: 5 }, { id: 'map_ID3', runtimeInSeconds: 20 }, { id: 'merge_ID4', runtimeInSeconds: 1 }] },
  },
};
const lists = { 5: [100, 200] };
const measured = { levels: [5], sizes: ['1g'], jobs: { '1g-1': { edges: [[0, 1]], stages: [{ n: 2, fw: lists, rw: lists, fd: {} }, { n: 1, fw: lists, rw: {}, fd: {} }] } } };
const read = (value: unknown) => readJobs('mine', JSON.stringify(value));
const shapesOf = (value: unknown) => read(value).workload.sizes.flat().map(({ shape }) => shape);

describe('uploaded jobs', () => {
  it('are stages with durations', () => {
    expect(read(dag).format).toBe('dag');
    const [job] = shapesOf({ jobs: [dag, { ...dag, name: 'other' }] });
    expect(job).toMatchObject({ name: 'nightly', taskCount: 9, workMs: 60_000 + 8 * 20_000, stages: [{ name: 'build', parents: [] }, { name: 'test', taskCount: 8, meanTaskMs: 20_000, memoryBytes: 1e9, parents: [0] }] });
  });

  it('are executions in WfFormat, whose tasks of one kind make a stage', () => {
    expect(read(wf).format).toBe('wfformat');
    const [job] = shapesOf([wf]);
    expect(job).toMatchObject({ name: 'genome', workMs: 33_000, stages: [{ name: 'split', taskCount: 1 }, { name: 'map', taskCount: 2, meanTaskMs: 15_000, memoryBytes: 5, parents: [0] }, { name: 'merge', parents: [1] }] });
  });

  it('are measured plans', () => {
    expect(read(measured)).toMatchObject({ format: 'measured', workload: { name: 'mine', sizes: [[{ shape: { name: '1g-1', levels: [5], taskCount: 3 } }]] } });
  });

  it('can be run, whatever their form', () => {
    for (const value of [dag, wf, measured]) {
      const scenario = { name: 'batch', arrivals: { initialJobs: 3, laterJobs: 0, meanGapMs: 0 }, executorCount: 4 };
      const [outcome] = new EpisodeRunner().run({ policy: { kind: 'rules', name: 'fair', rules: namedRules.fair }, scenario, workload: read(value).workload, seeds: [100_000] });
      expect(outcome).toMatchObject({ jobCount: 3, finishedCount: 3 });
      expect(outcome!.executorSeconds).toBeGreaterThan(0);
    }
  });

  it('are refused with every fault by its path', () => {
    expect(() => readJobs('mine', '{')).toThrow('the jobs are not JSON');
    for (const value of [{}, [], null, 7]) expect(() => read(value)).toThrow('these are no jobs');
    expect(() => read({ name: 'x', stages: [{ name: 'a', tasks: 0, duration_ms: 1 }] })).toThrow('jobs.jobs.0.stages.0.tasks');
    expect(() => read({ name: 'x', stages: [{ name: 'a' }] })).toThrow('job x, stage a: expected duration_ms or durations_ms');
    expect(() => read({ name: 'x', stages: [{ name: 'a', duration_ms: 1, depends_on: ['b'] }] })).toThrow('depends on b, which is not there');
    expect(() => read({ name: 'x', stages: [{ name: 'a', duration_ms: 1, depends_on: ['b'] }, { name: 'b', duration_ms: 1, depends_on: ['a'] }] })).toThrow('wait for each other');
    expect(() => read({ name: 'x', stages: [{ name: 'a', duration_ms: 0 }] })).toThrow('no task takes any time');
    const circle = { ...wf, workflow: { ...wf.workflow, specification: { tasks: [wfTask('a', ['b']), wfTask('b', ['a'])] }, execution: { tasks: [{ id: 'a', runtimeInSeconds: 1 }] } } };
    expect(() => read(circle)).toThrow('in a circle');
    expect(() => read({ ...wf, workflow: { ...wf.workflow, execution: { tasks: [] } } })).toThrow('no task has a runtimeInSeconds');
    expect(() => read({ ...measured, jobs: { '1g-1': { edges: [[0, 7]], stages: measured.jobs['1g-1'].stages } } })).toThrow('there is no stage 7');
  });
});
