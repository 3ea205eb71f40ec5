import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { alertOperations } from '../alerts/index.js';
import { AnomaliesController } from './anomalies.controller.js';
import { AnomalyRulesController } from './anomaly-rules.controller.js';
import { BaselinesController } from './baselines.controller.js';
import { baselineOpenApi } from './openapi.js';

const controllers = [BaselinesController, AnomaliesController, AnomalyRulesController];

/** What Nest will register, from the metadata of its decorators. */
function registeredRoutes(): string[] {
  return controllers.flatMap((controller) => {
    const prefix = String(Reflect.getMetadata('path', controller));
    const prototype = controller.prototype as unknown as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const path = Reflect.getMetadata('path', prototype[name] ?? {}) as string | undefined;
      const method = Reflect.getMetadata('method', prototype[name] ?? {}) as RequestMethod | undefined;
      if (path === undefined || method === undefined) return [];
      return [`${RequestMethod[method]} ${`/${prefix}/${path}`.replace(/\/+$/, '').replaceAll(/:(\w+)/g, '{$1}')}`];
    });
  });
}

describe('the OpenAPI fragment', () => {
  it('has every route that is registered, those of alerts, and no other', () => {
    const described = Object.entries(baselineOpenApi.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const alerts = alertOperations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

    expect(described.sort()).toEqual([...registeredRoutes(), ...alerts].sort());
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(baselineOpenApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    const target = (reference: string) => reference.slice(2).split('/').reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], baselineOpenApi);

    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((reference) => !reference.startsWith('#/') || target(reference) === undefined)).toEqual([]);
  });
});
