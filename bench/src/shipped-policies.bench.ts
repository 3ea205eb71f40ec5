import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { artifactOf, EpisodePool, judgePolicy, learn, parameterCountOf, type Learned, type LearningPlace } from '@orrery/scheduler/training';
import { dataFolder } from './baseline/evaluation-data.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';
import { measuredJobs } from './schedule/measured-jobs.js';
import { learnedJobs, placeOf } from './schedule/training-ground.js';
import { shippedPlans, type ExpertPlan, type PolicyPlan } from './schedule/training-plans.js';

// Trains the policies that come with the product, bit for bit, and takes each through the release gate on jobs that none of them learned from.

const options = parseOptions('shipped-policies', {
  data: { type: 'string' },
  out: { type: 'string', default: path.join('services', 'scheduler', 'policies') },
  only: { type: 'string' },
  workers: { type: 'string', default: '2' },
});

/** Sequences of the release gate: seeds that nothing was tuned, learned or chosen on. */
const releaseSequences = 100;

async function learnExpert(plan: PolicyPlan, { base, groups, stretches }: ExpertPlan, jobs: ReturnType<typeof learnedJobs>, pool: EpisodePool): Promise<Learned> {
  const places: readonly LearningPlace[] = groups.flatMap(({ scenarios }) => scenarios.map((name) => placeOf(name, jobs)));
  let learned: Learned | undefined;
  for (const { lambda, groups: own = groups, ...stretch } of stretches) {
    const start = learned === undefined ? {} : { start: learned.parameters };
    const onGeneration = (generation: number, bestPercent: number) => generation % 20 === 0 && progress(`${plan.name}: generation ${generation} of ${stretch.generations}, best ${bestPercent.toFixed(2)} %`);
    const next = await learn({ ...stretch, ...{ base, groups: own, places, pool }, ...start, objective: { lambda, tail: 0 }, onGeneration });
    learned = { ...next, episodeCount: next.episodeCount + (learned?.episodeCount ?? 0) };
  }
  return learned as Learned;
}

async function ship(plan: PolicyPlan, jobs: ReturnType<typeof learnedJobs>, pool: EpisodePool) {
  const startedMs = performance.now();
  const [batch, stream] = [await learnExpert(plan, plan.batch, jobs, pool), await learnExpert(plan, plan.stream, jobs, pool)];
  const seed = plan.batch.stretches[0]?.seed ?? 0;
  const artifact = artifactOf({ name: plan.name, seed, objective: { lambda: plan.lambda, tail: 0 } }, [batch, stream]);
  const wallSeconds = Math.round((performance.now() - startedMs) / 1000);
  const { card, isPublished } = await judge(plan, artifact, { episodes: batch.episodeCount + stream.episodeCount, wallSeconds }, pool);
  writeFileSync(path.join(options.out, `${plan.name}.json`), `${JSON.stringify({ ...artifact, card }, null, 1)}\n`);
  return { policy: plan.name, lambda: plan.lambda, generations: batch.generation, wall_s: wallSeconds, is_published: isPublished, claims: card.claims };
}

async function judge(plan: PolicyPlan, artifact: ReturnType<typeof artifactOf>, told: { readonly episodes: number; readonly wallSeconds: number }, pool: EpisodePool) {
  const generations = [...plan.batch.stretches, ...plan.stream.stretches].reduce((sum, stretch) => sum + stretch.generations, 0);
  const words = `antithetic evolution strategies, one expert for batches and one for streams, each begun as the heuristic that was tuned for it; learned from measured TPC-H queries of 2 to 20 GB, made-up queries of 2 to 100 GB and other shapes; ${artifact.training.choice}`;
  return await judgePolicy(
    {
      ...{ id: '', name: plan.name, requestedBy: 'the makers of Orrery', createdAt: createdAt(), lambda: plan.lambda, rivals: [] },
      workload: { kind: 'synthetic' },
      conditions: { kinds: ['batch', 'stream'], executorCount: 50, batchJobs: 20, streamJobs: 100, sequenceCount: releaseSequences },
    },
    { artifact, training: { seed: artifact.seed, generations, parameters: parameterCountOf(artifact), ...told, words } },
    { pool, onProgress: () => undefined },
  );
}

/** The day is part of the card; two runs of one day give the same file but for the time that training took. */
function createdAt(): string {
  return `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
}

const pool = new EpisodePool({ workerCount: Number(options.workers) });
try {
  const jobs = learnedJobs(measuredJobs(dataFolder(options.data)));
  const rows = [];
  for (const plan of shippedPlans.filter(({ name }) => options.only === undefined || name === options.only)) rows.push(await ship(plan, jobs, pool));
  report(rows.map(({ policy, lambda, wall_s: seconds, is_published: isPublished }) => ({ policy, lambda, wall_s: seconds, is_published: isPublished })), { bench: 'shipped-policies', policies: rows });
} finally {
  await pool.close();
}
