import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { parseInput, parseJsonBody, Tenant, type Page } from '@orrery/http';
import { trainingBody, trainingListing, trainingParameters, trainingsQuery } from './model-inputs.js';
import { trainingView, type TrainingView } from './model-views.js';
import { TrainingService } from './training.service.js';

@Controller('api/v1/trainings')
export class TrainingsController {
  constructor(@Inject(TrainingService) private readonly trainings: TrainingService) {}

  @Post()
  @HttpCode(202)
  async request(@Tenant() tenantId: string, @Body() body: unknown): Promise<TrainingView> {
    const { seed, promote, by = tenantId, ...slot } = parseJsonBody(trainingBody, body);
    return trainingView(await this.trainings.request(tenantId, { slot, seed, promote, requestedBy: by }));
  }

  @Get()
  async list(@Tenant() tenantId: string, @Query() given: unknown): Promise<Page<TrainingView>> {
    const { limit, cursor, ...filter } = parseInput(trainingsQuery, given);
    const found = await this.trainings.list(tenantId, filter, trainingListing.placeOf(cursor), limit + 1);
    return trainingListing.page(found, { limit, placeOf: ({ requestedAtMs, trainingId }) => ({ atMs: requestedAtMs, id: trainingId }), viewOf: trainingView });
  }

  @Get(':training_id')
  async find(@Tenant() tenantId: string, @Param() given: unknown): Promise<TrainingView> {
    return trainingView(await this.trainings.find(tenantId, parseInput(trainingParameters, given, 'path').training_id));
  }

  @Delete(':training_id')
  @HttpCode(204)
  async cancel(@Tenant() tenantId: string, @Param() given: unknown): Promise<void> {
    await this.trainings.cancel(tenantId, parseInput(trainingParameters, given, 'path').training_id);
  }
}
