import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { LearningJobService } from './learning-job.service.js';
import { evaluationBody, evaluationListing, evaluationParameters, jobParameters, jobsQuery, trainingBody, trainingListing, workloadParameters, workloadQuery } from './learning-request.js';
import { evaluationView, trainingView, workloadView, type EvaluationView, type TrainingView, type WorkloadView } from './learning-views.js';

@Controller('api/v1/schedule/trainings')
export class ScheduleTrainingsController {
  constructor(@Inject(LearningJobService) private readonly jobs: LearningJobService) {}

  @Post()
  @HttpCode(202)
  async request(@Tenant() tenantId: string, @Body() body: unknown): Promise<TrainingView> {
    const { by = tenantId, ...request } = parseJsonBody(trainingBody, body);
    return trainingView(await this.jobs.request(tenantId, { kind: 'training', name: request.name, requestedBy: by, request }), this.jobs.nowMs);
  }

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<TrainingView>> {
    const { limit, cursor, status } = parseInput(jobsQuery, given);
    const found = await this.jobs.list(tenantId, { kind: 'training', status }, trainingListing.placeOf(cursor), limit + 1);
    return trainingListing.page(found, { limit, placeOf: ({ requestedAtMs, jobId }) => ({ atMs: requestedAtMs, id: jobId }), viewOf: (job) => trainingView({ job, jobsBefore: 0, result: null }, this.jobs.nowMs) });
  }

  @Get(':training_id')
  async find(@Tenant() tenantId: string, @Param() given: unknown): Promise<TrainingView> {
    return trainingView(await this.jobs.find(tenantId, 'training', parseInput(jobParameters, given, 'path').training_id), this.jobs.nowMs);
  }

  @Delete(':training_id')
  @HttpCode(204)
  async cancel(@Tenant() tenantId: string, @Param() given: unknown): Promise<void> {
    await this.jobs.cancel(tenantId, 'training', parseInput(jobParameters, given, 'path').training_id);
  }
}

@Controller('api/v1/schedule/evaluations')
export class ScheduleEvaluationsController {
  constructor(@Inject(LearningJobService) private readonly jobs: LearningJobService) {}

  @Post()
  @HttpCode(202)
  async request(@Tenant() tenantId: string, @Body() body: unknown): Promise<EvaluationView> {
    const { by = tenantId, ...request } = parseJsonBody(evaluationBody, body);
    return evaluationView(await this.jobs.request(tenantId, { kind: 'evaluation', name: request.name, requestedBy: by, request }), this.jobs.nowMs);
  }

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<EvaluationView>> {
    const { limit, cursor, status } = parseInput(jobsQuery, given);
    const found = await this.jobs.list(tenantId, { kind: 'evaluation', status }, evaluationListing.placeOf(cursor), limit + 1);
    return evaluationListing.page(found, { limit, placeOf: ({ requestedAtMs, jobId }) => ({ atMs: requestedAtMs, id: jobId }), viewOf: (job) => evaluationView({ job, jobsBefore: 0, result: null }, this.jobs.nowMs) });
  }

  @Get(':evaluation_id')
  async find(@Tenant() tenantId: string, @Param() given: unknown): Promise<EvaluationView> {
    return evaluationView(await this.jobs.find(tenantId, 'evaluation', parseInput(evaluationParameters, given, 'path').evaluation_id), this.jobs.nowMs);
  }

  @Delete(':evaluation_id')
  @HttpCode(204)
  async cancel(@Tenant() tenantId: string, @Param() given: unknown): Promise<void> {
    await this.jobs.cancel(tenantId, 'evaluation', parseInput(evaluationParameters, given, 'path').evaluation_id);
  }
}

@Controller('api/v1/schedule/workloads')
export class ScheduleWorkloadsController {
  constructor(@Inject(LearningJobService) private readonly jobs: LearningJobService) {}

  @Post()
  @HttpCode(201)
  async upload(@Tenant() tenantId: string, @Query() given: unknown, @Body() body: unknown): Promise<WorkloadView> {
    const { name } = parseInput(workloadQuery, given);
    return workloadView(await this.jobs.upload(tenantId, name, Buffer.isBuffer(body) ? body : Buffer.alloc(0)));
  }

  @Get()
  async list(@Tenant() tenantId: string): Promise<{ readonly workloads: readonly WorkloadView[] }> {
    return { workloads: (await this.jobs.workloads(tenantId)).map(workloadView) };
  }

  @Delete(':workload_id')
  @HttpCode(204)
  async remove(@Tenant() tenantId: string, @Param() given: unknown): Promise<void> {
    await this.jobs.removeWorkload(tenantId, parseInput(workloadParameters, given, 'path').workload_id);
  }
}
