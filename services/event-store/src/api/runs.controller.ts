import { Controller, Get, Header, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { Direction } from '@orrery/contracts';
import { parseInput } from '@orrery/http';
import { readArtifacts } from '../reading/artifact.reader.js';
import { readFailure } from '../reading/failure.reader.js';
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
import { cursorOf, pageOf, placeOfCursor } from './cursor.js';
import { artifactsQuery, messagesQuery, runParameters, runsQuery, samplesQuery, stateQuery, timelineQuery } from './inputs.js';
import { jsonStream } from './json-stream.js';
import { Tenant } from './tenant.js';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

@Controller('api/v1/runs')
export class RunsController {
  constructor(@Inject(TraceDatabase) private readonly traces: TraceDatabase) {}

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<RunView>> {
    const { limit, cursor, since, until, label, q, ...exact } = parseInput(runsQuery, given);
    const after = placeOfCursor('runs', cursor);
    const filter = { ...exact, sinceUs: since, untilUs: until, labels: Object.fromEntries(label ?? []), text: q };
    const found = await this.traces.read(tenantId, (transaction) => listRuns(transaction, filter, after, limit + 1));
    const { items, nextCursor } = pageOf(found, { listing: 'runs', limit, placeOf: ({ run }) => ({ atUs: placeOfRun(run), id: run.runId }) });
    return { items: items.map(runView), next_cursor: nextCursor };
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
    const after = placeOfCursor('timeline', cursor);
    const filter = { taskId: task, parentEventId: parent, actor, kind };
    const { items, next, total } = await this.traces.readRun(tenantId, runIdIn(parameters), (transaction, run) => readTimeline(transaction, run, filter, { after, limit }));
    return { items, next_cursor: next === undefined ? null : cursorOf('timeline', next), total };
  }

  @Get(':run_id/artifacts')
  async artifacts(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<ArtifactView>> {
    const { limit, cursor, direction, task } = parseInput(artifactsQuery, given);
    const runId = runIdIn(parameters);
    const filter = { taskId: task, direction: direction === undefined ? undefined : direction === 'input' ? Direction.INPUT : Direction.OUTPUT };
    const after = placeOfCursor('artifacts', cursor);
    const found = await this.traces.readRun(tenantId, runId, (transaction, { bucket }) => readArtifacts(transaction, { runId, bucket }, filter, { after, limit: limit + 1 }));
    const { items, nextCursor } = pageOf(found, {
      listing: 'artifacts',
      limit,
      placeOf: ({ artifactId, occurredAtUs, saidAtUs }) => ({ atUs: occurredAtUs ?? saidAtUs, id: artifactId }),
      sizeOf: ({ attributes }) => attributes?.length ?? 0,
    });
    return { items: items.map((artifact) => artifactView(runId, artifact)), next_cursor: nextCursor };
  }

  @Get(':run_id/messages')
  async messages(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<MessageView>> {
    const { limit, cursor } = parseInput(messagesQuery, given);
    const runId = runIdIn(parameters);
    const after = placeOfCursor('messages', cursor);
    const found = await this.traces.readRun(tenantId, runId, (transaction, { bucket }) => listMessages(transaction, { runId, bucket }, { after, limit: limit + 1 }));
    const { items, nextCursor } = pageOf(found, {
      listing: 'messages',
      limit,
      placeOf: ({ messageId, occurredAtUs, saidAtUs }) => ({ atUs: occurredAtUs ?? saidAtUs, id: messageId }),
      sizeOf: ({ content }) => content?.length ?? 0,
    });
    return { items: items.map(messageView), next_cursor: nextCursor };
  }

  @Get(':run_id/samples')
  async samples(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<Page<SampleView>> {
    const { limit, cursor, task, name } = parseInput(samplesQuery, given);
    const runId = runIdIn(parameters);
    const after = placeOfCursor('samples', cursor);
    const found = await this.traces.readRun(tenantId, runId, (transaction, { bucket }) => listSamples(transaction, { runId, bucket }, { taskId: task, name }, { after, limit: limit + 1 }));
    const { items, nextCursor } = pageOf(found, { listing: 'samples', limit, placeOf: ({ sampleId, atUs }) => ({ atUs, id: sampleId }), sizeOf: ({ attributes }) => attributes?.length ?? 0 });
    return { items: items.map(sampleView), next_cursor: nextCursor };
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
