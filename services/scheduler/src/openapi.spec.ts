import { describe, expect, it } from '@jest/globals';
import { registeredRoutes } from '@orrery/testing';
import { DecisionsController } from './deciding/decisions.controller.js';
import { ExperimentsController } from './experiments/experiments.controller.js';
import { schedulerOpenApi } from './openapi.js';
import { PoliciesController } from './policies/policies.controller.js';
import { ScheduleEvaluationsController, ScheduleTrainingsController, ScheduleWorkloadsController } from './training/jobs/learning.controllers.js';

const controllers = [DecisionsController, PoliciesController, ExperimentsController, ScheduleTrainingsController, ScheduleEvaluationsController, ScheduleWorkloadsController];

describe('the OpenAPI fragment', () => {
  it('has every route that is registered, and no other', () => {
    const described = Object.entries(schedulerOpenApi.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));

    expect(described.sort()).toEqual(registeredRoutes(controllers).sort());
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(schedulerOpenApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    const target = (reference: string) => reference.slice(2).split('/').reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], schedulerOpenApi);

    expect(references.length).toBeGreaterThan(2);
    expect(references.filter((reference) => !reference.startsWith('#/') || target(reference) === undefined)).toEqual([]);
  });
});
