import type { Execution } from '../source-event.js';
import { running, type RunStatement, type TaskStatement } from '../statements.js';
import { textAttribute, type Attributes } from './otlp-values.js';
import { spanArtifactsOf } from './span-artifacts.js';
import { spanEventOf } from './span-event.js';
import { spanLogsOf, spanMessagesOf } from './span-messages.js';
import { spanFailureOf, spanStandingOf } from './span-standing.js';
import type { Span } from './span.js';
import { rootTaskIdOf, TraceContext, type TraceRun } from './trace-context.js';

/** What spans of one run say of it: every span an event, stages tasks as well, the root the run too (see {@link roleOf}). */
export function traceExecution(run: TraceRun, spans: readonly Span[]): Execution {
  const context = new TraceContext(run, spans);
  const traceIds = [...new Set(spans.map(({ traceId }) => traceId))];
  const stages = spans.filter((span) => context.roleOf(span).isStage);
  return {
    run: runStatementOf(run, spans),
    tasks: [
      // Events name the task of the whole trace before its root span comes, which ends last.
      ...traceIds.map((traceId) => ({ taskId: rootTaskIdOf(run.runId, traceId), externalId: traceId })),
      ...stages.map((span) => stageOf(span, context)),
    ],
    events: spans.flatMap((span) => [spanEventOf(span, context), ...spanLogsOf(span, context)]),
    artifacts: spans.flatMap((span) => spanArtifactsOf(span, context)),
    messages: spans.flatMap((span) => spanMessagesOf(span, context)),
  };
}

function runStatementOf(run: TraceRun, spans: readonly Span[]): RunStatement {
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
  const starts = spans.flatMap(({ startMs }) => (startMs === undefined ? [] : [startMs]));
  const resource = (root ?? spans[0])?.resource ?? {};
  const common: RunStatement = {
    ...runIdentityOf(run, spans[0]?.traceId),
    workflow: textAttribute(resource, 'cicd.pipeline.name'),
    ...running,
    startedAtMs: starts.length === 0 ? undefined : starts.reduce((least, start) => Math.min(least, start)),
    url: textAttribute(resource, 'cicd.pipeline.run.url.full'),
    versionControl: versionControlOf(resource),
  };
  if (root === undefined) return { ...common, labels: frameworkOf(spans) };
  const standing = spanStandingOf(root);
  return {
    ...common,
    namespace: textAttribute(root.resource, 'service.name'),
    workflow: workflowOf(root),
    ...standing,
    finishedAtMs: root.endMs,
    failure: spanFailureOf(root, standing),
    labels: { ...frameworkOf(spans), ...rootLabels(root) },
  };
}

/** The fields that every statement about a run has in common. */
export function runIdentityOf(run: TraceRun, traceId: string | undefined): RunStatement {
  return { runId: run.runId, engine: 'otlp', source: run.source, externalId: run.externalId, attempt: 1, traceId };
}

function workflowOf(root: Span): string {
  return textAttribute(root.attributes, 'gen_ai.workflow.name', 'cicd.pipeline.name') ?? textAttribute(root.resource, 'cicd.pipeline.name') ?? root.name;
}

function versionControlOf(resource: Attributes): RunStatement['versionControl'] {
  const versionControl = {
    repositoryUrl: textAttribute(resource, 'vcs.repository.url.full'),
    revision: textAttribute(resource, 'vcs.ref.head.revision', 'vcs.repository.ref.revision'),
    refName: textAttribute(resource, 'vcs.ref.head.name', 'vcs.repository.ref.name'),
    refType: textAttribute(resource, 'vcs.ref.head.type', 'vcs.ref.type'),
  };
  return Object.values(versionControl).every((value) => value === undefined) ? undefined : versionControl;
}

/** Which library wrote the spans of agents and models, since the engine of every trace is the protocol. */
function frameworkOf(spans: readonly Span[]): Record<string, string> {
  for (const { scopeName, attributes } of spans) {
    const instrumentation = /^(?:opentelemetry\.instrumentation\.|openinference\.instrumentation\.|@arizeai\/openinference-instrumentation-)([\w-]+)/.exec(scopeName)?.[1];
    if ('openinference.span.kind' in attributes) return { framework: instrumentation ?? 'openinference' };
    if ('gen_ai.operation.name' in attributes || 'ag2.span.type' in attributes) return { framework: instrumentation ?? 'gen_ai' };
    if ('ai.operationId' in attributes) return { framework: 'vercel_ai' };
  }
  return {};
}

function rootLabels(root: Span): Record<string, string> {
  const labels = {
    service_version: textAttribute(root.resource, 'service.version'),
    environment: textAttribute(root.resource, 'deployment.environment.name', 'deployment.environment'),
    session: textAttribute(root.attributes, 'session.id', 'gen_ai.conversation.id'),
  };
  return Object.fromEntries(Object.entries(labels).filter((label): label is [string, string] => label[1] !== undefined));
}

function stageOf(span: Span, context: TraceContext): TaskStatement {
  const standing = spanStandingOf(span);
  const isRoot = span.parentSpanId === undefined;
  return {
    taskId: context.ownTaskIdOf(span),
    externalId: isRoot ? span.traceId : span.spanId,
    parentTaskId: context.parentTaskIdOf(span),
    dependsOn: [...context.linkedTaskIdsOf(span)],
    name: isRoot ? workflowOf(span) : (textAttribute(span.attributes, 'cicd.pipeline.task.name') ?? span.name),
    kind: textAttribute(span.attributes, 'cicd.pipeline.task.type') ?? context.roleOf(span).word,
    attempt: 1,
    ...standing,
    startedAtMs: span.startMs,
    finishedAtMs: span.endMs,
    failure: spanFailureOf(span, standing),
    executor: executorOf(span),
    spanId: span.spanId,
    url: textAttribute(span.attributes, 'cicd.pipeline.task.run.url.full'),
  };
}

function executorOf({ attributes, resource }: Span): TaskStatement['executor'] {
  const executor = {
    worker: textAttribute(attributes, 'cicd.worker.name', 'cicd.worker.id') ?? textAttribute(resource, 'cicd.worker.name', 'cicd.worker.id', 'service.instance.id'),
    host: textAttribute(resource, 'host.name', 'k8s.node.name'),
    pod: textAttribute(resource, 'k8s.pod.name'),
    image: textAttribute(resource, 'container.image.name'),
  };
  return Object.values(executor).every((value) => value === undefined) ? undefined : executor;
}
