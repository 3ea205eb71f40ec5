import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import { pairedRatio } from '@orrery/stats';
import { Command, shellLoopsPerMs, type Place } from './execute/command-line.js';
import { generatePipelines, pipelineFile, workMs } from './execute/pipelines.js';
import { parseOptions } from './harness/options.js';
import { startPlatform } from './harness/platform.js';
import { progress, report } from './harness/report.js';
import { quantile, rounded } from './harness/statistics.js';

// How long pipelines of real commands take, from being handed in to their end, when they share the slots of this machine under `fifo` and under
// `learned`: the same pipelines in the same order, policies in turn, on a real platform that has seen every pipeline once before.

const values = parseOptions('execute', {
  slots: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '5' },
  pipelines: { type: 'string', default: '12' },
  seed: { type: 'string', default: '1' },
  policy: { type: 'string', default: 'learned' },
  against: { type: 'string', default: 'fifo' },
  url: { type: 'string' },
});

function wholeOf(name: 'slots' | 'rounds' | 'pipelines' | 'seed'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new OrreryError('ORRERY_VALIDATION', `--${name}: expected a whole number of 1 or more, got ${values[name]}`);
  return value;
}

const [slots, rounds, count, seed] = (['slots', 'rounds', 'pipelines', 'seed'] as const).map(wholeOf) as [number, number, number, number];
const policies = [values.against, values.policy] as const;

interface Round {
  /** By pipeline, seconds from being handed in to the end. */
  readonly seconds: readonly number[];
  readonly makespanSeconds: number;
  /** How many tasks were started by whom. */
  readonly decidedBy: ReadonlyMap<string, number>;
  /** Tasks that the policy itself started, from 0 to 1. */
  readonly ownShare: number;
}

/** Hands all pipelines to a worker, each as soon as the one before is there, and waits for all. */
async function playRound(files: readonly string[], worker: string, place: Place): Promise<Round> {
  const startMs = Date.now();
  const commands: Command[] = [];
  for (const file of files) {
    const command = new Command(['run', file, '--worker', worker], place);
    commands.push(command);
    await command.first('began');
  }
  const ends = await Promise.all(commands.map((command) => command.first('finished')));
  await Promise.all(commands.map(({ ended }) => ended));
  const failed = ends.find(({ outcome }) => outcome !== 'success');
  if (failed !== undefined) throw new OrreryError('ORRERY_DEPENDENCY', `${String(failed['workflow'])} ended with ${String(failed['outcome'])}`);
  const started = commands.flatMap(({ events }) => events).filter(({ event }) => event === 'started');
  const decidedBy = new Map<string, number>();
  for (const { policy } of started) decidedBy.set(String(policy ?? 'plain order'), (decidedBy.get(String(policy ?? 'plain order')) ?? 0) + 1);
  const ownShare = started.filter(({ policy, fallback }) => policy !== null && fallback === null).length / started.length;
  return { seconds: ends.map(({ wall_ms: wallMs }) => Number(wallMs) / 1_000), makespanSeconds: (Math.max(...ends.map(({ at_ms: atMs }) => Number(atMs))) - startMs) / 1_000, decidedBy, ownShare };
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

const folder = mkdtempSync(path.join(os.tmpdir(), 'orrery-execute-'));
const platform = values.url === undefined ? await startPlatform() : { url: values.url, stop: () => Promise.resolve() };
const place: Place = { url: platform.url, folder, stateFolder: path.join(folder, 'state') };
const workers: Command[] = [];
try {
  const loopsPerMs = shellLoopsPerMs();
  const pipelines = generatePipelines(count, seed);
  mkdirSync(path.join(folder, 'pipelines'));
  const files = pipelines.map((pipeline) => {
    const file = path.join('pipelines', `${pipeline.name}.yaml`);
    writeFileSync(path.join(folder, file), pipelineFile(pipeline, loopsPerMs));
    return file;
  });
  for (const policy of new Set([...policies, 'fair'])) {
    const worker = new Command(['worker', '--name', policy, '--slots', String(slots), '--policy', policy], place);
    workers.push(worker);
    await worker.first('ready');
  }
  progress('every pipeline once, under fair, for the platform to have seen it');
  await playRound(files, 'fair', place);
  // What ended last is learned a moment later.
  await new Promise((resolve) => setTimeout(resolve, 2_000));

  const played: Record<string, Round[]> = Object.fromEntries(policies.map((policy) => [policy, []]));
  for (let round = 0; round < rounds; round++) {
    // Each policy comes first as often as the other, so that neither has the machine at its better times.
    for (const policy of round % 2 === 0 ? policies : [...policies].reverse()) {
      const result = await playRound(files, policy, place);
      played[policy]?.push(result);
      progress(`round ${round + 1} of ${rounds}, ${policy}: mean ${mean(result.seconds).toFixed(2)} s, all after ${result.makespanSeconds.toFixed(1)} s`);
    }
  }

  const [against, chosen] = policies.map((policy) => played[policy] ?? []) as [Round[], Round[]];
  const ratio = pairedRatio(chosen.map(({ seconds }) => mean(seconds)), against.map(({ seconds }) => mean(seconds)));
  const makespan = pairedRatio(chosen.map(({ makespanSeconds }) => makespanSeconds), against.map(({ makespanSeconds }) => makespanSeconds));
  const decided = Object.fromEntries(policies.map((policy) => [policy, Object.fromEntries((played[policy] ?? []).flatMap(({ decidedBy }) => [...decidedBy]).reduce((sum, [name, tasks]) => sum.set(name, (sum.get(name) ?? 0) + tasks), new Map<string, number>()))]));
  const ownShares = Object.fromEntries(policies.map((policy) => [policy, rounded(mean((played[policy] ?? []).map(({ ownShare }) => ownShare)), 3)]));
  for (const [policy, share] of Object.entries(ownShares)) if (share < 0.9) progress(`${policy} itself decided for ${Math.round(share * 100)} % of the tasks only: the figures are not its own`);
  report(
    pipelines.map((pipeline, index) => {
      const secondsUnder = (playedRounds: readonly Round[]) => mean(playedRounds.map(({ seconds }) => seconds[index] ?? Number.NaN));
      return { pipeline: pipeline.name, tasks: pipeline.tasks.length, work_s: rounded(workMs(pipeline) / 1_000, 2), [`${values.against}_s`]: rounded(secondsUnder(against), 2), [`${values.policy}_s`]: rounded(secondsUnder(chosen), 2), ratio: rounded(secondsUnder(chosen) / secondsUnder(against), 2) };
    }),
    {
      bench: 'execute',
      pipelines: count,
      tasks: pipelines.reduce((sum, { tasks }) => sum + tasks.length, 0),
      slots,
      rounds,
      [`${values.against}_s`]: rounded(mean(against.flatMap(({ seconds }) => seconds)), 3),
      [`${values.policy}_s`]: rounded(mean(chosen.flatMap(({ seconds }) => seconds)), 3),
      ratio: rounded(ratio.ratio, 4),
      ci: [rounded(ratio.low, 4), rounded(ratio.high, 4)],
      rounds_won: `${ratio.wins}/${ratio.count}`,
      p95_s: Object.fromEntries(policies.map((policy) => [policy, rounded(quantile((played[policy] ?? []).flatMap(({ seconds }) => seconds), 0.95), 2)])),
      makespan_s: Object.fromEntries(policies.map((policy) => [policy, rounded(mean((played[policy] ?? []).map(({ makespanSeconds }) => makespanSeconds)), 2)])),
      makespan_ratio: rounded(makespan.ratio, 4),
      makespan_ci: [rounded(makespan.low, 4), rounded(makespan.high, 4)],
      decided_by: decided,
      own_share: ownShares,
      seed,
    },
  );
} finally {
  for (const worker of workers) await worker.stop();
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
}
