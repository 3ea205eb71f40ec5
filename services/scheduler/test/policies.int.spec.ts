import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type TestStore } from '@orrery/testing';
import { encodeParameters, firstParameters, type PolicyArtifact } from '../src/domain/agents/index.js';
import { namedRules, type Choice, type Observation } from '../src/domain/index.js';
import { PolicyRegistry } from '../src/policies/index.js';
import type { OpenPolicy } from '../src/policies/open-policy.js';
import { openStore, poolOf, runOf, SchedulerScene, type SceneOptions } from './scheduler-scene.js';

let store: TestStore;
let folder: string;
let scene: SchedulerScene | undefined;

beforeAll(async () => {
  store = await openStore();
  folder = mkdtempSync(path.join(tmpdir(), 'orrery-policies-'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await scene?.close();
  scene = undefined;
  rmSync(path.join(folder, 'learned.json'), { force: true });
});

/** Untrained: it decides what the heuristic does that it stands on. */
const artifact: PolicyArtifact = {
  ...{ format: 'orrery-policy-1', name: 'learned', base: { ...namedRules['srpt-cp'], givesLeftovers: true }, parameters: encodeParameters(firstParameters(1)), generation: 0, seed: 1 },
  ...{ objective: { lambda: 0, tail: 0 }, training: { workloads: [], scenarios: [], episodeCount: 0, choice: 'none' } },
};
const ship = (content: string) => writeFileSync(path.join(folder, 'learned.json'), content);
const open = async (options: SceneOptions = {}): Promise<SchedulerScene> => (scene = await SchedulerScene.open(store, { policyFolder: folder, ...options }));

const question = { pools: [poolOf(2)], runs: [runOf(0, [{ name: 'long', count: 4, duration_ms: 100_000 }]), runOf(1, [{ name: 'short', count: 4, duration_ms: 1000 }])] };
const fairly = [['run-0', 1], ['run-1', 1]];
const shortestFirst = [['run-1', 2]];
const given = (assignments: readonly { run_id: string; count: number }[]) => assignments.map(({ run_id: run, count }) => [run, count]);

/** A policy that chooses as told, in place of what artifacts hold. */
function choosing(choose: (observation: Observation) => Choice, strangeness?: () => string | undefined): OpenPolicy {
  return () => ({ policy: { name: 'learned', decide: choose }, base: undefined, strangeness });
}

describe('policies', () => {
  it('are the heuristics and what comes with the product, which serves', async () => {
    ship(JSON.stringify({ ...artifact, card: { figures: { mean_jct_s: 12 } } }));
    const { body } = await (await open()).get('/api/v1/schedule/policies');

    expect(body.policies.map(({ name }: { name: string }) => name)).toEqual(['fifo', 'fair', 'weighted-fair', 'sjf-cp', 'srpt-cp', 'critical-path', 'heft', 'tetris', 'tuned', 'learned']);
    expect(body.policies.filter(({ serving }: { serving: boolean }) => serving)).toMatchObject([{ name: 'learned', version: 1, kind: 'shipped', fault: null }]);
    expect((await scene?.get('/api/v1/schedule/policies/learned'))?.body).toMatchObject({ name: 'learned', card: { figures: { mean_jct_s: 12 } }, chosen: null });
    expect((await scene?.get('/api/v1/schedule/policies/nothing'))?.status).toBe(404);
  });

  it('decide, and the heuristic that they stand on is beside them', async () => {
    ship(JSON.stringify(artifact));
    const { body } = await (await open()).decide(question);

    expect([body.policy, body.fallback, given(body.assignments), given(body.heuristic_assignments)]).toEqual([{ name: 'learned', version: 1 }, '', shortestFirst, shortestFirst]);
    expect(body.assignments[0].bid).toEqual(expect.any(Number));
    expect(body.heuristic_assignments[0].bid).toBeUndefined();
    expect((await scene?.decide({ ...question, policy: 'tuned' }))?.body).toMatchObject({ policy: { name: 'tuned', version: 0 } });
  });

  it('can be put into service by hand and taken back, each tenant its own', async () => {
    ship(JSON.stringify(artifact));
    await open();
    const servingOf = async (tenantId = 'default') => (await scene?.decide(question, tenantId))?.body.policy.name;

    expect((await scene?.post('/api/v1/schedule/policies/fifo/promote', { by: 'ann', note: 'as before' }))?.body).toMatchObject({ name: 'fifo', serving: true, chosen: { by: 'ann', reason: 'as before' } });
    expect([await servingOf(), await servingOf('tenant-2')]).toEqual(['fifo', 'learned']);
    expect((await scene?.post('/api/v1/schedule/policies/learned/rollback'))?.status).toBe(409);
    expect((await scene?.post('/api/v1/schedule/policies/fifo/rollback'))?.body).toEqual({ from: { name: 'fifo', version: 0 }, to: { name: 'learned', version: 1 } });
    expect([await servingOf(), (await scene?.post('/api/v1/schedule/policies/fifo/rollback'))?.status]).toEqual(['learned', 409]);
    expect((await scene?.post('/api/v1/schedule/policies/nothing/promote'))?.status).toBe(404);
  });

  it('that a tenant learned serve once they are published, under their own names too', async () => {
    const registry = (await open()).http.application.get(PolicyRegistry);
    const own = { artifact, card: { gate: 'passed' }, serves: true };
    expect(await registry.publish('learner', own)).toEqual({ name: 'learned', version: 2 });
    expect(await registry.publish('learner', { ...own, serves: false })).toEqual({ name: 'learned', version: 3 });

    expect((await scene?.decide(question, 'learner'))?.body.policy).toEqual({ name: 'learned', version: 2 });
    expect((await scene?.decide({ ...question, policy: 'learned-3' }, 'learner'))?.body.policy).toEqual({ name: 'learned', version: 3 });
    expect((await scene?.get('/api/v1/schedule/policies/learned-3', 'learner'))?.body).toMatchObject({ kind: 'learned', serving: false, card: { gate: 'passed' } });
    expect((await scene?.get('/api/v1/schedule/policies', 'tenant-2'))?.body.policies.filter(({ kind }: { kind: string }) => kind === 'learned')).toEqual([]);
    await expect(registry.publish('learner', { ...own, artifact: { format: 'other' } })).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
  });
});

describe('a policy that must not decide', () => {
  it.each<[string, OpenPolicy, string]>([
    ['says what is no number', choosing(({ jobs }) => ({ stage: jobs[0]!.stages[0], count: 1, bid: NaN })), 'invalid'],
    ['wants more than there is', choosing(({ jobs }) => ({ stage: jobs[0]!.stages[0], count: 99 })), 'invalid'],
    ['throws', choosing(() => { throw new Error('lost'); }), 'failure'],
    ['sees what it never saw', choosing(({ freeCount }) => ({ stage: undefined, count: freeCount }), () => 'jobs: 9, in training 1 to 2'), 'out_of_distribution'],
  ])('and %s leaves it to the heuristic', async (_, openPolicy, fallback) => {
    ship('{}');
    const { body } = await (await open({ openPolicy })).decide(question);

    expect([body.policy, body.fallback, given(body.assignments).sort()]).toEqual([{ name: 'fair', version: 0 }, fallback, fairly]);
    await eventually(async () => (await scene?.get(`/api/v1/schedule/decisions?fallback=${fallback}`))?.body.items.some(({ decision_id: id }: { decision_id: string }) => id === body.decision_id));
  });

  it('is not waited for longer than the deadline', async () => {
    ship('{}');
    const slow = choosing(({ jobs }) => {
      const untilMs = performance.now() + 30;
      while (performance.now() < untilMs);
      return { stage: jobs[0]!.stages[0], count: 1 };
    });
    const { body } = await (await open({ openPolicy: slow })).decide(question);

    expect([body.fallback, given(body.assignments).sort()]).toEqual(['deadline', fairly]);
  });

  it('is told of in the health when it is damaged, and the heuristic decides', async () => {
    ship('{"format":"orrery-policy-1","name":"lear');
    const { body } = await (await open()).decide(question);

    expect([body.policy.name, body.fallback]).toEqual(['fair', 'no_policy']);
    expect((await scene?.health.ready())?.details['scheduler policies']).toMatchObject({ status: 'degraded', reason: expect.stringContaining('learned.json') });
    expect((await scene?.health.ready())?.status).toBe('ok');
  });

  it('never serves when its bytes in the database are damaged', async () => {
    const registry = (await open()).http.application.get(PolicyRegistry);
    await registry.publish('broken', { artifact, card: null, serves: true });
    await store.rows(`update policy set artifact = '\\x00' where tenant_id = 'broken'`);
    const { body } = await (scene as SchedulerScene).decide(question, 'broken');

    expect([body.policy.name, body.fallback, body.fallback_words]).toEqual(['fair', 'no_policy', expect.stringContaining('checksum')]);
  });

  it('is told of where somebody asks for what nobody has learned', async () => {
    const { body } = await (await open()).decide({ ...question, policy: 'learned' });

    expect([body.policy.name, body.fallback]).toEqual(['fair', 'no_policy']);
  });
});

describe('rules that bind every policy', () => {
  it('a reservation and a deadline go first, and say so', async () => {
    await open();
    const fifo = async (more: object) => (await scene?.decide({ policy: 'fifo', pools: [poolOf(2)], runs: [runOf(0, [{ name: 'a', count: 9, duration_ms: 60_000 }]), runOf(1, [{ name: 'b', count: 9, duration_ms: 60_000 }], more)] }))?.body.assignments;

    expect(given(await fifo({}))).toEqual([['run-0', 2]]);
    const reserved = await fifo({ reserved_slots: 1 });
    expect([given(reserved).sort(), reserved[0].reason]).toEqual([fairly, expect.stringContaining('reservation')]);
    const urgent = await fifo({ deadline_ms: 1_790_000_000_000 + 240_000 });
    expect([given(urgent), urgent[0].reason]).toEqual([[['run-1', 2]], expect.stringContaining('deadline')]);
  });
});
