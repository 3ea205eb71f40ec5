import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { guidanceOpenApi, guidanceOperations, guidanceParts, type GuidanceParts } from '../src/guidance/index.js';
import { AnnotationsController } from '../src/guidance/annotations.controller.js';
import { PredictionModesController } from '../src/guidance/prediction-modes.controller.js';
import { PartsScene } from './guidance-scene.js';

let scene: PartsScene;
let guidance: GuidanceParts;

beforeAll(async () => {
  scene = await PartsScene.open();
  guidance = guidanceParts({ database: scene.store.database, now: scene.now });
  await scene.serve(guidance);
});
afterEach(() => scene.reset());
afterAll(() => scene.close());

const bad = { workflow: 'release', from_task: 'build', to_task: 'deploy', label: 'bad' };

describe('an annotation', () => {
  it('can be made, said again in other words, listed and taken back', async () => {
    const workflowId = await scene.know('release');
    const view = {
      ...{ annotation_id: expect.any(String), workflow_id: workflowId, engine: 'github', namespace: 'acme/shop', workflow: 'release', branch: '' },
      ...{ from_task: 'build', to_task: 'deploy', label: 'bad', note: '', by: 'default', at: '2026-03-02T09:00:00.000Z' },
    };

    const made = await scene.call('POST', 'annotations', { body: bad });
    expect(made).toEqual({ status: 200, body: view });
    const changed = await scene.call('POST', 'annotations', { body: { ...bad, label: 'good', note: 'since the gate', by: 'ada' } });
    expect(changed).toEqual({ status: 200, body: { ...view, annotation_id: made.body.annotation_id, label: 'good', note: 'since the gate', by: 'ada' } });
    expect(await scene.call('GET', 'annotations')).toEqual({ status: 200, body: { items: [changed.body], next_cursor: null } });
    expect(await scene.call('DELETE', `annotations/${made.body.annotation_id}`)).toEqual({ status: 204, body: null });
    expect(await scene.call('DELETE', `annotations/${made.body.annotation_id}`)).toMatchObject({ status: 404, body: { code: 'ORRERY_NOT_FOUND' } });
    expect((await scene.call('GET', 'annotations')).body.items).toEqual([]);
  });

  it('is one for each branch, beginning and end', async () => {
    await scene.know('release');
    for (const given of [{}, { branch: 'main' }, { branch: 'refs/heads/main' }, { from_task: '' }, { to_task: '' }]) await scene.call('POST', 'annotations', { body: { ...bad, ...given } });

    const { items } = (await scene.call('GET', 'annotations')).body;
    expect(items.map((item: { branch: string; from_task: string; to_task: string }) => [item.branch, item.from_task, item.to_task]).sort()).toEqual([
      ['', '', 'deploy'],
      ['', 'build', ''],
      ['', 'build', 'deploy'],
      ['main', 'build', 'deploy'],
    ]);
    expect((await scene.call('GET', 'annotations?branch=main')).body.items).toHaveLength(1);
    expect((await scene.call('GET', 'annotations?branch=')).body.items).toHaveLength(3);
  });

  it('comes page by page, the latest first', async () => {
    await scene.know('release');
    for (let index = 0; index < 7; index++) {
      scene.nowMs += index % 2;
      await scene.call('POST', 'annotations', { body: { ...bad, to_task: `t-${index}` } });
    }

    const all = (await scene.call('GET', 'annotations')).body.items;
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, next_cursor: next } = (await scene.call('GET', `annotations?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)).body as { items: unknown[]; next_cursor: string | null };
      paged.push(...items);
      cursor = next;
    }
    expect(paged).toEqual(all);
    expect(all).toHaveLength(7);
    expect(all[0]).toMatchObject({ to_task: expect.stringMatching(/t-[56]/) });
  });

  it('is refused for what cannot be', async () => {
    await scene.know('release');
    await scene.know('twice');
    await scene.know('twice', { namespace: 'acme/other' });

    expect(await scene.call('POST', 'annotations', { body: { ...bad, workflow: 'unknown' } })).toMatchObject({ status: 404, body: { code: 'ORRERY_NOT_FOUND', detail: expect.stringContaining('unknown') } });
    expect(await scene.call('POST', 'annotations', { body: { ...bad, engine: 'argo' } })).toMatchObject({ status: 404 });
    const candidates = [{ engine: 'github', namespace: 'acme/other' }, { engine: 'github', namespace: 'acme/shop' }];
    expect(await scene.call('POST', 'annotations', { body: { ...bad, workflow: 'twice' } })).toMatchObject({ status: 409, body: { code: 'ORRERY_CONFLICT', candidates, detail: expect.stringContaining('github acme/other') } });
    expect(await scene.call('POST', 'annotations', { body: { ...bad, workflow: 'twice', namespace: 'acme/other' } })).toMatchObject({ status: 200 });
    for (const given of [{ label: 'fine' }, { to_task: undefined }, { from_task: 'a\0b' }, { to_task: 'ü'.repeat(1000), from_task: 'x' }, { extra: 1 }]) {
      expect(await scene.call('POST', 'annotations', { body: { ...bad, ...given } })).toMatchObject({ status: 400, body: { code: 'ORRERY_VALIDATION' } });
    }
  });

  it('may have names as long as they are allowed to be', async () => {
    await scene.know('release');
    const odd = (length: number) => Array.from({ length }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000))).join('');

    expect(await scene.call('POST', 'annotations', { body: { ...bad, from_task: odd(330), to_task: odd(333) } })).toMatchObject({ status: 200 });
  });

  it('is one of a thousand of a workflow at most', async () => {
    const workflowId = await scene.know('release');
    await scene.store.admin.query(`insert into annotation select 'default', gen_random_uuid(), $1, 'release', '', 'a', 't-' || number, 'bad', '', 'ada', now() from generate_series(1, 999) number`, [workflowId]);

    expect(await scene.call('POST', 'annotations', { body: bad })).toMatchObject({ status: 200 });
    expect(await scene.call('POST', 'annotations', { body: { ...bad, to_task: 'one more' } })).toMatchObject({ status: 429 });
    expect(await scene.call('POST', 'annotations', { body: { ...bad, label: 'good' } })).toMatchObject({ status: 200 });
  });
});

describe('a mode', () => {
  it('is set for a workflow and for branches of it', async () => {
    const workflowId = await scene.know('release');
    const view = { workflow_id: workflowId, engine: 'github', namespace: 'acme/shop', workflow: 'release', branch: '', mode: 'advise', at: expect.any(String) };

    expect(await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', mode: 'advise' } })).toEqual({ status: 200, body: view });
    expect(await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', branch: 'main', mode: 'decide' } })).toEqual({ status: 200, body: { ...view, branch: 'main', mode: 'decide' } });
    expect((await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', mode: 'off' } })).body.mode).toBe('off');
    expect((await scene.call('GET', 'prediction-modes?workflow=release')).body.items).toHaveLength(2);
    expect((await scene.call('GET', 'prediction-modes?mode=decide')).body.items).toEqual([{ ...view, branch: 'main', mode: 'decide' }]);
    expect(await scene.call('DELETE', 'prediction-modes?workflow=release&branch=main')).toMatchObject({ status: 204 });
    expect(await scene.call('DELETE', 'prediction-modes?workflow=release&branch=main')).toMatchObject({ status: 404, body: { detail: 'workflow release has no mode set on branch main' } });
    expect(await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', mode: 'maybe' } })).toMatchObject({ status: 400 });
    expect(await scene.call('PUT', 'prediction-modes', { body: { workflow: 'nothing', mode: 'off' } })).toMatchObject({ status: 404 });
  });
});

describe('what people said', () => {
  const read = async (workflowId: string, tenantId = 'default') => (await scene.store.database.forTenant(tenantId, (transaction) => guidance.reader.read(transaction, tenantId, [workflowId]))).get(workflowId);

  it('counts for the next question', async () => {
    const workflowId = await scene.know('release');
    expect(await read(workflowId)).toEqual({ modes: [], marks: [] });
    expect(guidance.reader.known('default', [workflowId])?.get(workflowId)).toEqual({ modes: [], marks: [] });

    const { annotation_id: id } = (await scene.call('POST', 'annotations', { body: bad })).body;
    await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', mode: 'decide', branch: 'main' } });
    expect(guidance.reader.known('default', [workflowId])).toBeNull();
    expect(await read(workflowId)).toEqual({
      modes: [{ workflowId, branch: 'main', mode: 'decide' }],
      marks: [{ workflowId, branch: '', fromTask: 'build', toTask: 'deploy', label: 'bad' }],
    });
    await scene.call('DELETE', `annotations/${id}`);
    expect((await read(workflowId))?.marks).toEqual([]);
  });

  it('by another process counts two seconds later', async () => {
    const workflowId = await scene.know('release');
    const other = guidanceParts({ database: scene.store.database, now: scene.now }).reader;
    const readOther = () => scene.store.database.forTenant('default', (transaction) => other.read(transaction, 'default', [workflowId]));
    await readOther();
    await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', mode: 'off' } });

    scene.nowMs += 2000;
    expect((await readOther()).get(workflowId)?.modes).toHaveLength(1);
  });

  it('is nothing to another tenant', async () => {
    await scene.know('release');
    await scene.know('release', { tenantId: 'team-b' });
    const { annotation_id: id } = (await scene.call('POST', 'annotations', { body: bad })).body;
    await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', mode: 'off' } });

    const tenantId = 'team-b';
    expect((await scene.call('GET', 'annotations', { tenantId })).body.items).toEqual([]);
    expect((await scene.call('GET', 'prediction-modes', { tenantId })).body.items).toEqual([]);
    expect(await scene.call('DELETE', `annotations/${id}`, { tenantId })).toMatchObject({ status: 404 });
    expect(await scene.call('DELETE', 'prediction-modes?workflow=release', { tenantId })).toMatchObject({ status: 404 });
    expect((await scene.call('POST', 'annotations', { body: bad, tenantId })).body.annotation_id).not.toBe(id);
  });
});

describe('the OpenAPI fragment', () => {
  it('has every route that is registered, and no other', () => {
    const registered = [AnnotationsController, PredictionModesController].flatMap((controller) => {
      const prefix = String(Reflect.getMetadata('path', controller));
      const prototype = controller.prototype as unknown as Record<string, object>;
      return Object.getOwnPropertyNames(prototype).flatMap((name) => {
        const method = Reflect.getMetadata('method', prototype[name] ?? {}) as RequestMethod | undefined;
        const path = String(Reflect.getMetadata('path', prototype[name] ?? {}));
        return method === undefined ? [] : [`${RequestMethod[method].toLowerCase()} ${`/${prefix}/${path}`.replace(/\/+$/, '').replaceAll(/:(\w+)/g, '{$1}')}`];
      });
    });

    expect(guidanceOperations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(registered.sort());
    expect(Object.keys(guidanceOpenApi.components.schemas).sort()).toEqual(['Annotation', 'PredictionMode']);
  });
});
