import { toBinary } from '@bufbuild/protobuf';
import { deterministicId, MetricSampledSchema, metricSampledTopic, RunFinishedSchema, runFinishedTopic, RunStartedSchema, runStartedTopic, TaskFinishedSchema, taskFinishedTopic, workflowIdOf } from '@orrery/contracts';
import type { OutgoingRecord } from '@orrery/event-log';
import { spanOfAttempt } from './domain/error-lines.js';
import { metricSampledFact, runFinishedFact, runStartedFact, taskFinishedFact } from './domain/fact.js';
import { gaugeSeriesOf } from './domain/gauge-series.js';
import type { RunState } from './domain/run-state.js';
import { attemptsThatFinished, hasRunFinished, hasRunStarted } from './domain/transition.js';
import type { AttemptPlace, ErrorLines } from './storage/error-line.repository.js';
import type { NamedReading } from './new-readings.js';
import type { RunUpdate } from './trace-writer.js';

/** The attempts whose facts {@link factsOf} will make and that may have logged errors: a task without events logged nothing. */
export function attemptsWithErrors({ after, tasks }: RunUpdate): readonly AttemptPlace[] {
  const { run, bucket } = after;
  return tasks.flatMap(({ before, after: { task, content } }) =>
    content.events === 0
      ? []
      : attemptsThatFinished(before?.task ?? null, task).map((attempt) => ({ attempt, runId: run.runId, bucket, taskId: task.taskId, span: spanOfAttempt(task, attempt) })),
  );
}

/** The facts that an update of a run makes true, as records of their topics: that it began, attempts of tasks, that it ended, what gauges showed. */
export function factsOf(tenantId: string, { before, after, tasks, newReadings }: RunUpdate, errorLines: ErrorLines): readonly OutgoingRecord[] {
  const { run } = after;
  const key = keyOf(tenantId, run);
  const facts: OutgoingRecord[] = [];
  if (hasRunStarted(before?.run ?? null, run)) facts.push({ topic: runStartedTopic.name, key, value: toBinary(RunStartedSchema, runStartedFact(tenantId, run)) });
  for (const task of tasks) {
    for (const attempt of attemptsThatFinished(task.before?.task ?? null, task.after.task)) {
      const fact = taskFinishedFact(tenantId, run, task.after.task, { attempt, content: task.after.content, errorLines: errorLines.get(attempt) ?? [] });
      facts.push({ topic: taskFinishedTopic.name, key, value: toBinary(TaskFinishedSchema, fact) });
    }
  }
  if (hasRunFinished(before?.run ?? null, run)) {
    const fact = runFinishedFact(tenantId, run, after.tasks, after.content);
    facts.push({ topic: runFinishedTopic.name, key, value: toBinary(RunFinishedSchema, fact) });
  }
  facts.push(...sampledFacts(tenantId, key, run, newReadings));
  return facts;
}

/** Keeps a fact, names of 500 characters included, well within what a log takes as one record. */
const mostReadings = 1000;

/** One fact, or several for very many readings. Runs of no known workflow have no series in common. */
function sampledFacts(tenantId: string, key: string, run: RunState, readings: readonly NamedReading[]): readonly OutgoingRecord[] {
  if (readings.length === 0 || run.workflow === null) return [];
  const names = new Map(readings.map(({ reading, task }) => [reading.taskId, task]));
  return gaugeSeriesOf(readings.map(({ reading }) => reading), mostReadings).map((series) => {
    const factId = deterministicId('metric.sampled', run.runId, ...series.flatMap((each) => each.readings.map(({ sampleId }) => sampleId)));
    const fact = metricSampledFact({ tenantId, factId, run }, series, names);
    return { topic: metricSampledTopic.name, key, value: toBinary(MetricSampledSchema, fact) };
  });
}

/**
 * The workflow as it is known now, which is also what the fact says of it. A task that is told before its run belongs to the unnamed
 * workflow; consumers that take the workflow from the fact find all facts of one workflow in one partition nonetheless.
 */
function keyOf(tenantId: string, { engine, namespace, workflow }: RunState): string {
  return workflowIdOf({ tenantId, engine: engine ?? '', namespace: namespace ?? '', workflow: workflow ?? '' });
}
