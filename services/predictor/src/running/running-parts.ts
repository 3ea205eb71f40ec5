import type { Provider, Type } from '@nestjs/common';
import { describeOperations, type OpenApiFragment, type Operation } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import type { GuidanceReader } from '../guidance/index.js';
import type { ChampionSource } from '../predictor.service.js';
import { RunPredictionService } from './run-prediction.service.js';
import { runPredictionSchema } from './run-prediction.view.js';
import { RunPredictionsController } from './run-predictions.controller.js';
import { runParameters, runPredictionQuery } from './running-inputs.js';

/** Every route about running runs. */
export const runningOperations: readonly Operation[] = [
  { path: '/api/v1/runs/{run_id}/prediction', method: 'get', id: 'getRunPrediction', summary: 'When a run will end, what is left of it, and which task comes next', query: runPredictionQuery, response: runPredictionSchema },
];

/** The routes about running runs, made from the schemas that check their input and describe their output. */
export const runningOpenApi = describeOperations(runningOperations, { tag: 'predictions', pathParameters: runParameters });

export interface RunningOptions {
  /** The schema `predictor` with its migrations. */
  readonly database: Database;
  readonly champions: ChampionSource;
  readonly guidance: GuidanceReader;
  /** @default Date.now */
  readonly now?: () => number;
}

/** What a Nest module takes over. */
export interface RunningParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly openApi: OpenApiFragment;
}

/**
 * Builds predictions of running runs on a service's database.
 *
 * @example
 * const running = runningParts({ database, champions, guidance: guidance.reader });
 * return { module, controllers: [...running.controllers], providers: [...running.providers] };
 */
export function runningParts({ database, champions, guidance, now = Date.now }: RunningOptions): RunningParts {
  return {
    controllers: [RunPredictionsController],
    providers: [{ provide: RunPredictionService, useValue: new RunPredictionService({ database, champions, guidance, now }) }],
    openApi: runningOpenApi,
  };
}
