import { Controller, Get, Header, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { Direction } from '@orrery/contracts';
import { parseInput, Tenant, type Page } from '@orrery/http';
import { readArtifacts } from '../reading/artifact.reader.js';
import { readFailure } from '../reading/failure.reader.js';
import { fitting } from '../reading/fitting.js';
import { readRunDetail } from '../reading/run.reader.js';
import { readState } from '../reading/state.reader.js';
import { readTimeline } from '../reading/timeline.reader.js';
import { TraceDatabase } from '../reading/trace-database.js';
import { listMessages, listSamples } from '../storage/leaf.repository.js';
import { placeOfRun } from '../storage/run-rows.js';
import { listRuns } from '../storage/run.repository.js';
import { listTasks } from '../storage/task.repository.js';
import type { FailureView } from '../views/failure.view.js';
import { artifactView, messageView, sampleView, type ArtifactView, type MessageView, type SampleView } from '../views/leaf.view.js';
import type { EventView } from '../views/event.view.js';
import { runView, type RunDetailView, type RunView } from '../views/run.view.js';
import type { StateView } from '../views/state.view.js';
import { taskViews } from '../views/task.view.js';
import { artifactsQuery, messagesQuery, runParameters, runsQuery, samplesQuery, stateQuery, timelineQuery } from './inputs.js';
import { jsonStream } from './json-stream.js';
import { listings } from './listings.js';

@Controller('api/v1/runs')
export class RunsController {
  constructor(@Inject(TraceDatabase) private readonly traces: TraceDatabase) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<RunView>> {
    const { limit, cursor, since, until, label, q, ...exact } = parseInput(runsQuery, given);
    const after = listings.runs.placeOf(cursor);
    const filter = { ...exact, sinceUs: since, untilUs: until, labels: Object.fromEntries(label ?? []), text: q };
    const found = await this.traces.read(tenantId, (transaction) => listRuns(transaction, filter, after, limit + 1));
    return listings.runs.page(found, { limit, placeOf: ({ run }) => ({ atUs: placeOfRun(run), id: run.runId }), viewOf: runView });
  }

  @Get(':run_id')
  detail(@Tenant() tenantId: string, @Param() parameters: unknown): Promise<RunDetailView> {
    return this.traces.readRun(tenantId, runIdIn(parameters), readRunDetail);
  }

  @Get(':run_id/graph')
  @Header('content-type', 'application/json; charset=utf-8')
  async graph(@Tenant() tenantId: string, @Param() parameters: unknown): Promise<StreamableFile> {
    const runId = runIdIn(parameters);
    const tasks = await this.traces.readRun(tenantId, runId, (transaction) => listTasks(transaction, runId));
    return new StreamableFile(jsonStream({ run_id: runId }, 'tasks', taskViews(tasks)));
  }

  @Get(':run_id/timeline')
  async timeline(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<EventView> & { readonly total: number }> {
    const { limit, cursor, task, parent, actor, kind } = parseInput(timelineQuery, given);
    const after = listings.timeline.placeOf(cursor);
    const filter = { taskId: task, parentEventId: parent, actor, kind };
    const { items, next, total } = await this.traces.readRun(tenantId, runIdIn(parameters), (transaction, run) => readTimeline(transaction, run, filter, { after, limit }));
    return { items, next_cursor: next === undefined ? null : listings.timeline.cursorOf(next), total };
  }

  @Get(':run_id/artifacts')
  async artifacts(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<ArtifactView>> {
    const { limit, cursor, direction, task } = parseInput(artifactsQuery, given);
    const runId = runIdIn(parameters);
    const filter = { taskId: task, direction: direction === undefined ? undefined : direction === 'input' ? Direction.INPUT : Direction.OUTPUT };
    const after = listings.artifacts.placeOf(cursor);
    const found = await this.traces.readRun(tenantId, runId, (transaction, { bucket }) => readArtifacts(transaction, { runId, bucket }, filter, { after, limit: limit + 1 }));
    return listings.artifacts.page(found, {
      limit,
      placeOf: ({ artifactId, occurredAtUs, saidAtUs }) => ({ atUs: occurredAtUs ?? saidAtUs, id: artifactId }),
      viewOf: (artifact) => artifactView(runId, artifact),
      shorten: (artifacts) => fitting(artifacts, ({ attributes }) => attributes?.length ?? 0),
    });
  }

  @Get(':run_id/messages')
  async messages(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<MessageView>> {
    const { limit, cursor } = parseInput(messagesQuery, given);
    const runId = runIdIn(parameters);
    const after = listings.messages.placeOf(cursor);
    const found = await this.traces.readRun(tenantId, runId, (transaction, { bucket }) => listMessages(transaction, { runId, bucket }, { after, limit: limit + 1 }));
    return listings.messages.page(found, {
      limit,
      placeOf: ({ messageId, occurredAtUs, saidAtUs }) => ({ atUs: occurredAtUs ?? saidAtUs, id: messageId }),
      viewOf: messageView,
      shorten: (messages) => fitting(messages, ({ content }) => content?.length ?? 0),
    });
  }

  @Get(':run_id/samples')
  async samples(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<SampleView>> {
    const { limit, cursor, task, name } = parseInput(samplesQuery, given);
    const runId = runIdIn(parameters);
    const after = listings.samples.placeOf(cursor);
    const found = await this.traces.readRun(tenantId, runId, (transaction, { bucket }) => listSamples(transaction, { runId, bucket }, { taskId: task, name }, { after, limit: limit + 1 }));
    return listings.samples.page(found, {
      limit,
      placeOf: ({ sampleId, atUs }) => ({ atUs, id: sampleId }),
      viewOf: sampleView,
      shorten: (samples) => fitting(samples, ({ attributes }) => attributes?.length ?? 0),
    });
  }

  @Get(':run_id/state')
  state(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<StateView> {
    const { at } = parseInput(stateQuery, given);
    return this.traces.readRun(tenantId, runIdIn(parameters), (transaction, run) => readState(transaction, run, at));
  }

  @Get(':run_id/failure')
  failure(@Tenant() tenantId: string, @Param() parameters: unknown): Promise<FailureView> {
    return this.traces.readRun(tenantId, runIdIn(parameters), readFailure);
  }
}

function runIdIn(parameters: unknown): string {
  return parseInput(runParameters, parameters, 'path').run_id;
}
