import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { livePath } from '../live/live.gateway.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { OpenApiController } from './openapi.controller.js';
import { eventStoreDocument } from './openapi.js';
import { ProvenanceController } from './provenance.controller.js';
import { RunsController } from './runs.controller.js';

const controllers = [RunsController, ProvenanceController, DeadLettersController, OpenApiController];

/** What Nest will register, from the metadata of its decorators. */
function registeredRoutes(): string[] {
  return controllers.flatMap((controller) => {
    const prefix = String(Reflect.getMetadata('path', controller));
    const prototype = controller.prototype as unknown as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const path = Reflect.getMetadata('path', prototype[name] ?? {}) as string | undefined;
      const method = Reflect.getMetadata('method', prototype[name] ?? {}) as RequestMethod | undefined;
      if (path === undefined || method === undefined) return [];
      const full = `/${prefix}/${path}`.replace(/\/+$/, '').replaceAll(/:(\w+)/g, '{$1}');
      return [`${RequestMethod[method]} ${full}`];
    });
  });
}

describe('the OpenAPI document', () => {
  const document = eventStoreDocument() as { openapi: string; paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[]; responses: Record<string, unknown> }>> };

  it('has every route that is registered, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));

    expect(described.sort()).toEqual([...registeredRoutes(), `GET ${livePath}`].sort());
  });

  it('describes the parameters of each path and query', () => {
    const timeline = document.paths['/api/v1/runs/{run_id}/timeline']?.['get'];

    expect(timeline?.parameters.map(({ name, in: place }) => `${place} ${name}`)).toEqual(['path run_id', 'query task', 'query parent', 'query actor', 'query kind', 'query limit', 'query cursor']);
    expect(JSON.stringify(timeline?.responses[200])).toContain('#/components/schemas/Event');
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    const target = (reference: string) => reference.slice(2).split('/').reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], document);

    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((reference) => !reference.startsWith('#/') || target(reference) === undefined)).toEqual([]);
  });

  it('takes in what other services of the process serve', () => {
    const joined = eventStoreDocument([{ paths: { '/api/v1/events': { post: {} } }, components: { schemas: { Acceptance: {} }, securitySchemes: {} } }]);

    expect(joined).toMatchObject({ paths: { '/api/v1/events': { post: {} }, '/api/v1/runs': { get: {} } }, components: { schemas: { Acceptance: {}, Run: {} }, securitySchemes: { apiKey: {} } } });
  });

  it('is JSON, so that any tool can read it', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
