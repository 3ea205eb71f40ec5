import { describe, expect, it } from '@jest/globals';
import { registeredRoutes } from '@orrery/testing';
import { AccuracyController } from './accuracy/accuracy.controller.js';
import { PredictionsController } from './asking/predictions.controller.js';
import { ForecastController } from './forecasting/forecast.controller.js';
import { AnnotationsController } from './guidance/annotations.controller.js';
import { PredictionModesController } from './guidance/prediction-modes.controller.js';
import { ModelsController } from './models/models.controller.js';
import { TrainingsController } from './models/trainings.controller.js';
import { predictorOpenApi } from './openapi.js';
import { RunPredictionsController } from './running/run-predictions.controller.js';

const controllers = [PredictionsController, AccuracyController, ForecastController, AnnotationsController, PredictionModesController, ModelsController, TrainingsController, RunPredictionsController];

describe('the OpenAPI fragment', () => {
  it('has every route that is registered, and no other', () => {
    const described = Object.entries(predictorOpenApi.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));

    expect(described.sort()).toEqual(registeredRoutes(controllers).sort());
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(predictorOpenApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    const target = (reference: string) => reference.slice(2).split('/').reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], predictorOpenApi);

    expect(references.length).toBeGreaterThan(2);
    expect(references.filter((reference) => !reference.startsWith('#/') || target(reference) === undefined)).toEqual([]);
  });
});
