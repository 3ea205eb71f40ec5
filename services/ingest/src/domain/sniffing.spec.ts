import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sniffFormat } from './sniffing.js';

describe('sniffFormat', () => {
  it.each([
    ['cloudevents', { specversion: '1.0', id: '1', source: 's', type: 't' }],
    ['otlp_traces', { resourceSpans: [] }],
    ['otlp_metrics', { resourceMetrics: [] }],
    ['otlp_logs', { resourceLogs: [] }],
    ['otlp_traces', { name: 'x', spanContext: { traceId: 'a', spanId: 'b' }, attributes: {} }],
    ['openlineage', { schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json' }],
    ['openlineage', { run: { runId: 'r' }, job: { namespace: 'n', name: 'j' } }],
    ['openlineage', { eventTime: 't', producer: 'p', dataset: { name: 'd' } }],
    ['cdevents', { context: { type: 'dev.cdevents.pipelinerun.started.0.2.0', source: 's' }, subject: {} }],
    ['github', { action: 'completed', workflow_job: { id: 1 } }],
    ['github', { action: 'completed', workflow_run: { id: 1 }, repository: {} }],
    ['github', { total_count: 1, workflow_runs: [] }],
    ['argo_events', { context: { type: 'resource', source: 'x' }, data: {} }],
    ['kubernetes', { kind: 'Workflow', apiVersion: 'argoproj.io/v1alpha1', metadata: { name: 'w' } }],
    ['kubernetes', { kind: 'Job', apiVersion: 'batch/v1', metadata: { name: 'j' } }],
    ['tekton', { taskRun: { metadata: { name: 't' } } }],
    ['temporal', { events: [{ eventId: '1', eventType: 'WorkflowExecutionStarted' }] }],
    ['temporal', { history: { events: [{ eventId: '1', eventType: 'X' }] } }],
    ['prefect', { event: 'prefect.flow-run.Running', resource: {} }],
    ['kestra', { flowId: 'f', taskRunList: [] }],
    [undefined, {}],
    [undefined, { message: 'hello' }],
    [undefined, []],
    [undefined, null],
    [undefined, 'text'],
  ])('takes as %s: %j', (format, value) => {
    expect(sniffFormat(value, {})).toBe(format);
  });

  it('believes the header of GitHub', () => {
    expect(sniffFormat({ zen: 'Keep it logically awesome.' }, { 'x-github-event': 'ping' })).toBe('github');
  });

  it('says something of any value without failing', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => ['string', 'undefined'].includes(typeof sniffFormat(value, {}))));
  });
});
