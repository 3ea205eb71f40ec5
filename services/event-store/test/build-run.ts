import { artifactIdOf, Direction, messageIdOf, Outcome, SampleKind, sampleIdOf, Status, type ExecutionRecord } from '@orrery/contracts';
import { at, RunTeller } from './records.js';

/**
 * A run of an agent that was asked to write a report: `fetch` passes, `write` (attempt 1 is lost, attempt 2 fails) holds an agent's
 * calls, `publish` waits for it and is cancelled.
 */
export function reportRun(teller: RunTeller): ExecutionRecord[] {
  const { runId } = teller;
  const task = (id: string) => teller.task(id);
  const event = (id: string) => teller.event(id);
  const artifact = (id: string) => artifactIdOf(runId, id);
  return [
    teller.record({
      occurredAtMs: at(0),
      receivedAtMs: at(1),
      run: {
        runId,
        engine: 'prefect',
        source: 'https://prefect.example',
        externalId: teller.externalId,
        namespace: 'reports',
        workflow: 'weekly report',
        status: Status.RUNNING,
        queuedAtMs: at(-5),
        startedAtMs: at(0),
        trigger: 'schedule',
        url: 'https://prefect.example/runs/1',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        versionControl: { repositoryUrl: 'https://git.example/reports', revision: 'abc123', refName: 'main', refType: 'branch' },
        labels: { team: 'finance' },
      },
      tasks: [
        { taskId: task('fetch'), externalId: 'fetch', name: 'fetch', kind: 'job', status: Status.FINISHED, outcome: Outcome.SUCCESS, startedAtMs: at(1), finishedAtMs: at(5), url: 'https://prefect.example/t/1' },
        { taskId: task('write'), externalId: 'write', name: 'write', dependsOn: [task('fetch'), task('never told')], attempt: 1, status: Status.FINISHED, outcome: Outcome.ERROR, startedAtMs: at(6), finishedAtMs: at(7), failure: { type: 'Evicted' } },
        { taskId: task('publish'), externalId: 'publish', name: 'publish', dependsOn: [task('write')], status: Status.QUEUED, queuedAtMs: at(0) },
      ],
    }),
    teller.record({
      occurredAtMs: at(8),
      tasks: [{ taskId: task('write'), attempt: 2, status: Status.RUNNING, queuedAtMs: at(7), startedAtMs: at(8), executor: { worker: 'w1', image: 'agents:3', executorClass: 'gpu' }, labels: { tier: 'a' } }],
      events: [
        { eventId: event('agent'), externalId: 'agent', taskId: task('write'), kind: 'agent_call', name: 'invoke writer', actor: 'writer', target: 'researcher', status: Status.RUNNING, startedAtMs: at(8) },
        { eventId: event('search'), externalId: 'search', taskId: task('write'), parentEventId: event('agent'), kind: 'tool_call', name: 'search', actor: 'search tool', target: 'web', status: Status.FINISHED, outcome: Outcome.SUCCESS, startedAtMs: at(9), finishedAtMs: at(10), input: '{"q":"sales"}', output: 'found 3', attributesJson: '{"hits":3}' },
        { eventId: event('model'), externalId: 'model', taskId: task('write'), parentEventId: event('agent'), kind: 'model_call', name: 'chat', actor: 'writer', model: 'm-large', inputTokens: 100n, outputTokens: 20n, costUsd: 0.25, status: Status.FINISHED, outcome: Outcome.SUCCESS, startedAtMs: at(11), finishedAtMs: at(12.5) },
        { eventId: event('save'), externalId: 'save', taskId: task('write'), parentEventId: event('agent'), kind: 'tool_call', name: 'save file', actor: 'file tool', status: Status.FINISHED, outcome: Outcome.FAILURE, startedAtMs: at(13), finishedAtMs: at(14), failure: { type: 'OSError', message: 'disk full', exitCode: 28 } },
        { eventId: event('log'), externalId: 'log', taskId: task('write'), parentEventId: event('save'), kind: 'log', name: 'log', severityNumber: 17, startedAtMs: at(13.5), finishedAtMs: at(13.5), output: 'writing report.md\nno space left on device' },
      ],
      artifacts: [
        { artifactId: artifact('in'), taskId: task('write'), eventId: event('search'), direction: Direction.INPUT, uri: 's3://data/sales.csv', digest: 'sha256:aa', sizeBytes: 10n, occurredAtMs: at(9.5) },
        { artifactId: artifact('out'), taskId: task('write'), eventId: event('save'), direction: Direction.OUTPUT, namespace: 'files', name: 'report.md', uri: 'file:///report.md', digest: 'sha256:bb', mediaType: 'text/markdown', sizeBytes: 7n, occurredAtMs: at(13.2), attributesJson: '{"draft":true}' },
      ],
      messages: [{ messageId: messageIdOf(runId, 'm'), taskId: task('write'), eventId: event('agent'), sender: 'writer', receiver: 'researcher', role: 'assistant', content: 'what are the sales?', digest: 'sha256:cc', occurredAtMs: at(8.5) }],
      samples: [{ sampleId: sampleIdOf(runId, 's'), taskId: task('write'), name: 'peak_memory_bytes', unit: 'By', kind: SampleKind.GAUGE, value: 5e8, occurredAtMs: at(12), attributesJson: '{"node":"n1"}' }],
    }),
    teller.record({
      occurredAtMs: at(15),
      receivedAtMs: at(16),
      run: { runId, status: Status.FINISHED, outcome: Outcome.FAILURE, finishedAtMs: at(15), failure: { type: 'TaskFailed', message: 'write failed' } },
      tasks: [
        { taskId: task('write'), attempt: 2, status: Status.FINISHED, outcome: Outcome.FAILURE, finishedAtMs: at(14.5), failure: { type: 'OSError', message: 'disk full', exitCode: 28 } },
        { taskId: task('publish'), status: Status.FINISHED, outcome: Outcome.CANCELLATION, finishedAtMs: at(15) },
      ],
      events: [{ eventId: event('agent'), status: Status.FINISHED, outcome: Outcome.FAILURE, finishedAtMs: at(14.2) }],
      flags: ['redacted'],
    }),
  ];
}
