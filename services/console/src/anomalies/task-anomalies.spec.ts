import { describe, expect, it } from '@jest/globals';
import { anAnomaly } from '../testing/anomaly-builder.js';
import { aTask } from '../testing/task-builder.js';
import { worstFirst } from './severity.js';
import { anomaliesByTask, taskOf } from './task-anomalies.js';

const ofRun = anAnomaly('run', { subject: { ...anAnomaly('x').subject, subject: 'run', task: '' } });
const build = anAnomaly('build');
const ids = (anomalies: readonly { readonly anomaly_id: string }[] | undefined): string[] => (anomalies ?? []).map(({ anomaly_id: id }) => id);

describe('anomaliesByTask', () => {
  it('marks every task of the name, the worst anomaly first', () => {
    const tasks = [aTask('t1', [0, 1], { name: 'build' }), aTask('t2', [0, 1], { name: 'build' }), aTask('t3', [0, 1], { name: 'test' })];
    const marks = anomaliesByTask(tasks, [build, { ...build, anomaly_id: 'worse', severity: 'critical' }]);
    expect([...marks.keys()]).toEqual(['t1', 't2']);
    expect(ids(marks.get('t2'))).toEqual(['worse', 'build']);
  });

  it('knows a task without a name by its id at the engine', () => {
    expect([...anomaliesByTask([aTask('t1', null, { name: null, external_id: 'build' })], [build]).keys()]).toEqual(['t1']);
  });

  it('takes no notice of false alarms', () => {
    const falseAlarm = { ...build, status: 'resolved', resolution: { kind: 'false_positive', at: null, by: null, note: null } } as const;
    expect(anomaliesByTask([aTask('t1', null, { name: 'build' })], [falseAlarm]).size).toBe(0);
  });

  it('leaves tasks alone when the whole run is meant', () => {
    expect(anomaliesByTask([aTask('t', null, { name: null, external_id: null })], [ofRun]).size).toBe(0);
  });
});

describe('taskOf', () => {
  it('finds the task, if there is one', () => {
    const tasks = [aTask('t1', [0, 1], { name: 'other' }), aTask('t2', [0, 1], { name: 'build' })];
    expect(taskOf(build, tasks)?.task_id).toBe('t2');
    expect(taskOf(ofRun, tasks)).toBeUndefined();
    expect(taskOf(build, [])).toBeUndefined();
  });
});

describe('worstFirst', () => {
  it('puts what is over behind what is still there', () => {
    const sorted = worstFirst([anAnomaly('info', { severity: 'info' }), anAnomaly('over', { severity: 'critical', status: 'resolved' }), anAnomaly('critical', { severity: 'critical' }), anAnomaly('warning')]);
    expect(ids(sorted)).toEqual(['critical', 'warning', 'info', 'over']);
  });
});
