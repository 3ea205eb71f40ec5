import { artifactIdOf, Direction, Outcome, runIdOf, taskIdOf } from '@orrery/contracts';
import { first, record, records, text, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, queued, running, type ArtifactStatement, type RunStatement, type Standing, type TaskStatement } from '../statements.js';
import { digestOfPurl, nameOfPurl } from './package-url.js';

/** A CDEvent, taken apart. */
export interface Cdevent {
  readonly tenantId: string;
  /** The middle of its type: pipelinerun, taskrun, build … */
  readonly subjectType: string;
  readonly predicate: string;
  readonly subjectId: string;
  readonly source: string;
  readonly content: JsonRecord;
  readonly context: JsonRecord;
  readonly occurredAtMs: number | undefined;
}

const engine = 'cdevents';
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['success', Outcome.SUCCESS],
  ['failure', Outcome.FAILURE],
  ['error', Outcome.ERROR],
  ['cancel', Outcome.CANCELLATION],
]);

const executionBySubject: ReadonlyMap<string, (event: Cdevent) => Execution> = new Map([
  ['pipelinerun', pipelineRun],
  ['taskrun', (event) => taskWithin(event, 'pipelineRun', { kind: 'task', name: text(event.content, 'taskName') })],
  ['build', build],
  ['testsuiterun', testSuiteRun],
  ['testcaserun', (event) => taskWithin(event, 'testSuiteRun', { kind: 'test', name: testCaseName(event) })],
  ['testoutput', testOutput],
]);

/** What a CDEvent says of a run; undefined when its subject is no execution. */
export function executionOfCdevent(event: Cdevent): Execution | undefined {
  return executionBySubject.get(event.subjectType)?.(event);
}

function pipelineRun(event: Cdevent): Execution {
  return { run: { ...ownRun(event), ...progressOf(event), workflow: text(event.content, 'pipelineName') } };
}

function testSuiteRun(event: Cdevent): Execution {
  const workflow = text(event.content, 'testSuite', 'name') ?? text(event.content, 'testSuite', 'id');
  return { run: { ...ownRun(event), ...progressOf(event), workflow } };
}

/** Builds name no pipeline run, so each is a run with one task; `finished` tells no outcome, only what was built. */
function build(event: Cdevent): Execution {
  const execution = standaloneTask(event, { kind: 'build', name: 'build' });
  const purl = text(event.content, 'artifactId');
  if (purl === undefined) return execution;
  const taskId = taskIdOf(execution.run.runId, event.subjectId);
  return { ...execution, artifacts: [outputOf(execution.run.runId, { purl, taskId, occurredAtMs: event.occurredAtMs })] };
}

/**
 * The output names its test case run but not the suite which that may belong to, so it goes to the run that a test case run
 * without a suite has.
 */
function testOutput(event: Cdevent): Execution {
  const caseId = text(event.content, 'testCaseRun', 'id') ?? event.subjectId;
  const source = text(event.content, 'testCaseRun', 'source') ?? event.source;
  const run = runOf(event, externalIdOf('testcaserun', caseId), source);
  const taskId = taskIdOf(run.runId, caseId);
  const uri = text(event.content, 'uri') ?? text(event.content, 'url');
  const artifact: ArtifactStatement = {
    artifactId: artifactIdOf(run.runId, caseId, 'output', uri ?? event.subjectId),
    taskId,
    direction: Direction.OUTPUT,
    name: event.subjectId,
    uri,
    mediaType: text(event.content, 'format'),
    occurredAtMs: event.occurredAtMs,
  };
  return { run, tasks: [{ taskId, externalId: caseId, kind: 'test' }], artifacts: [artifact] };
}

/** A task of the run that the content names, or, when it names none, the only task of a run of its own. */
function taskWithin(event: Cdevent, member: string, described: { readonly kind: string; readonly name: string | undefined }): Execution {
  const parentId = text(event.content, member, 'id');
  if (parentId === undefined) return standaloneTask(event, described);
  const run = runOf(event, externalIdOf(member.toLowerCase(), parentId), text(event.content, member, 'source') ?? event.source);
  return { run, tasks: [taskOf(event, run.runId, described)] };
}

function standaloneTask(event: Cdevent, described: { readonly kind: string; readonly name: string | undefined }): Execution {
  const run = ownRun(event);
  return { run: { ...run, ...progressOf(event), workflow: described.name }, tasks: [taskOf(event, run.runId, described)] };
}

function taskOf(event: Cdevent, runId: string, described: { readonly kind: string; readonly name: string | undefined }): TaskStatement {
  return { taskId: taskIdOf(runId, event.subjectId), externalId: event.subjectId, ...described, ...progressOf(event), url: urlOf(event) };
}

/** A tool may number its builds and its pipeline runs each from 1, so all but pipeline runs have their kind before their id. */
function externalIdOf(subjectType: string, subjectId: string): string {
  return subjectType === 'pipelinerun' ? subjectId : `${subjectType}/${subjectId}`;
}

function runOf(event: Cdevent, externalId: string, source: string): RunStatement {
  return { runId: runIdOf({ tenantId: event.tenantId, engine, source, externalId }), engine, source, externalId, attempt: 1 };
}

function ownRun(event: Cdevent): RunStatement {
  return {
    ...runOf(event, externalIdOf(event.subjectType, event.subjectId), event.source),
    url: urlOf(event),
    trigger: triggerOf(event),
    // A chain joins events of many runs: it says what belongs together, not which run was first.
    labels: labelsOf({ chain_id: text(event.context, 'chainId'), environment: text(event.content, 'environment', 'id') }),
  };
}

/** Times are those of the events: a CDEvent says what happened, not when the rest did. */
function progressOf(event: Cdevent): Standing & Pick<TaskStatement, 'queuedAtMs' | 'startedAtMs' | 'finishedAtMs' | 'failure'> {
  const at = event.occurredAtMs;
  if (event.predicate === 'queued') return { ...queued, queuedAtMs: at };
  if (event.predicate === 'started') return { ...running, startedAtMs: at };
  if (event.predicate === 'skipped') return { ...finished(Outcome.SKIP), finishedAtMs: at, failure: failureOf(undefined, text(event.content, 'reason')) };
  if (event.predicate !== 'finished') return {};
  const word = text(event.content, 'outcome');
  const outcome = outcomes.get(word ?? '') ?? Outcome.UNKNOWN;
  const message = first(text(event.content, 'errors'), text(event.content, 'reason'));
  const isSuccess = outcome === Outcome.SUCCESS || outcome === Outcome.UNKNOWN;
  return { ...finished(outcome), finishedAtMs: at, failure: isSuccess ? undefined : failureOf(word, message) };
}

function urlOf(event: Cdevent): string | undefined {
  // Named `url` up to 0.4.
  return first(text(event.content, 'uri'), text(event.content, 'url'), text(event.content, 'testCase', 'uri'));
}

function triggerOf(event: Cdevent): string | undefined {
  const kind = text(event.content, 'trigger', 'type');
  if (kind !== undefined) return kind;
  const link = records(event.context, 'links').find((candidate) => text(candidate, 'linkKind') === 'TRIGGER');
  return first(text(record(link, 'target'), 'domainId'), text(record(link, 'target'), 'contextId'));
}

function testCaseName(event: Cdevent): string | undefined {
  return text(event.content, 'testCase', 'name') ?? text(event.content, 'testCase', 'id');
}

function outputOf(runId: string, output: { readonly purl: string; readonly taskId: string; readonly occurredAtMs: number | undefined }): ArtifactStatement {
  const { purl, ...told } = output;
  const artifactId = artifactIdOf(runId, told.taskId, 'output', purl);
  return { artifactId, ...told, direction: Direction.OUTPUT, uri: purl, name: nameOfPurl(purl), digest: digestOfPurl(purl) };
}

function labelsOf(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) labels[name] = value;
  return labels;
}
