import { describe, expect, it } from '@jest/globals';
import { registeredRoutes } from '@orrery/testing';
import { alertOperations } from '../alerts/index.js';
import { AnomaliesController } from './anomalies.controller.js';
import { AnomalyRulesController } from './anomaly-rules.controller.js';
import { BaselinesController } from './baselines.controller.js';
import { baselineOpenApi } from './openapi.js';

const controllers = [BaselinesController, AnomaliesController, AnomalyRulesController];

describe('the OpenAPI fragment', () => {
  it('has every route that is registered, those of alerts, and no other', () => {
    const described = Object.entries(baselineOpenApi.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const alerts = alertOperations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

    expect(described.sort()).toEqual([...registeredRoutes(controllers), ...alerts].sort());
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(baselineOpenApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    const target = (reference: string) => reference.slice(2).split('/').reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], baselineOpenApi);

    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((reference) => !reference.startsWith('#/') || target(reference) === undefined)).toEqual([]);
  });
});
