import { describe, expect, it } from '@jest/globals';
import { mapGithub } from '../github/github-mapper.js';
import type { MapJson } from '../map-json.js';
import type { MappedEvent } from '../source-event.js';
import { argoEventsMapper } from './argo-events-mapper.js';

const head = { type: 'resource', specversion: '1.0', source: 'cluster', id: 'id-1', time: '2024-05-01T12:00:00Z', subject: 'workflows', datacontenttype: 'application/json' };
const workflow = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { uid: 'u1', name: 'w', namespace: 'ci' }, status: { phase: 'Running' } };

/** Stands for the sniffing of formats: knows GitHub alone. */
const mapJson: MapJson = (value, payload, context) => mapGithub(value, payload, context);

function map(value: unknown): MappedEvent | undefined {
  return argoEventsMapper(mapJson)(value, { body: new Uint8Array(), contentType: 'application/json', headers: {} }, { tenantId: 'acme', receivedAtMs: 1 })[0];
}

describe('event of Argo Events', () => {
  it('about a resource is an execution under the id of the envelope', () => {
    expect(map({ context: head, data: { type: 'UPDATE', body: workflow, group: 'argoproj.io', version: 'v1alpha1', resource: 'workflows' } })).toMatchObject({
      ...{ format: 'argo_events', formatVersion: '1.0', type: 'resource', source: 'cluster', externalId: 'id-1', subject: 'workflows', occurredAtMs: 1714564800000 },
      executions: [{ run: { engine: 'argo', externalId: 'u1' } }],
    });
  });

  it('is read when its data or its body is Base64 or a text', () => {
    const data = JSON.stringify({ type: 'ADD', body: JSON.stringify(workflow) });

    for (const written of [data, Buffer.from(data).toString('base64')]) {
      expect(map({ context: head, data: written })?.executions[0]?.run.externalId).toBe('u1');
    }
  });

  it('about a webhook is mapped as what the webhook brought, its headers counting', () => {
    const body = { action: 'completed', workflow_job: { id: 9, run_id: 42, status: 'completed' }, repository: { url: 'https://api.github.com/repos/o/r' } };

    const mapped = map({ context: { ...head, type: 'webhook' }, data: { header: { 'X-Github-Event': ['workflow_job'] }, body } });

    expect(mapped).toMatchObject({ format: 'argo_events', externalId: 'id-1', executions: [{ run: { engine: 'github', externalId: '42' } }] });
  });

  it('about anything else is kept without an execution', () => {
    expect(map({ context: { ...head, id: undefined, eventID: 'old' }, data: 'aGVsbG8=' })).toMatchObject({ externalId: 'old', executions: [] });
    expect(map({ context: head, data: { body: { message: 'first webhook' } } })).toMatchObject({ executions: [] });
  });

  it('is refused without its context', () => {
    expect(() => map({ data: {} })).toThrow('not of Argo Events');
  });
});
