import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { parseInput, Tenant } from '@orrery/http';
import { RunPredictionService } from './run-prediction.service.js';
import { runPredictionView, type RunPredictionView } from './run-prediction.view.js';
import { runParameters, runPredictionQuery } from './running-inputs.js';

@Controller('api/v1/runs')
export class RunPredictionsController {
  constructor(@Inject(RunPredictionService) private readonly predictions: RunPredictionService) {}

  @Get(':run_id/prediction')
  async predict(@Tenant() tenantId: string, @Param() parameters: unknown, @Query() given: unknown): Promise<RunPredictionView> {
    const { run_id: runId } = parseInput(runParameters, parameters, 'path');
    const { deadline } = parseInput(runPredictionQuery, given);
    return runPredictionView(await this.predictions.predict(tenantId, runId, deadline));
  }
}
