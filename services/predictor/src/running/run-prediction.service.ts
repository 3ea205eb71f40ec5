import { OrreryError } from '@orrery/errors';
import { findRowsByIndex, type Database } from '@orrery/persistence';
import { adviseNext, endShareFrom, endShareOf, marksOn, modeOn, predictNext, predictRun, type Champions, type NextTaskAdvice, type NextTaskPrediction, type PredictionMode, type RunEta, type RunProgress } from '../domain/index.js';
import type { GuidanceReader, WorkflowGuidance } from '../guidance/index.js';
import type { ChampionSource } from '../predictor.service.js';
import { findRun, type StoredRun } from '../storage/run-progress.repository.js';
import { readRunGrounds, type RunGrounds } from './run-grounds.js';

export interface RunPredictionOptions {
  readonly database: Database;
  readonly champions: ChampionSource;
  readonly guidance: GuidanceReader;
  readonly now: () => number;
}

/** All that is said of a run. */
export interface RunPrediction {
  readonly run: StoredRun;
  readonly grounds: RunGrounds;
  readonly eta: RunEta;
  readonly deadlineMs: number | undefined;
  /** Null for a run that ended, where nothing is known, and where it is switched off. */
  readonly next: NextStep | null;
  readonly nowMs: number;
}

export interface NextStep extends NextTaskAdvice {
  readonly mode: Exclude<PredictionMode, 'off'>;
  readonly prediction: NextTaskPrediction;
}

/** Ended tasks that what comes next is predicted from, as many as transitions are learned from. */
const contextLength = 20;

/** Says when a run will end and what comes next, while it runs. */
export class RunPredictionService {
  constructor(private readonly options: RunPredictionOptions) {}

  /** @throws ORRERY_NOT_FOUND for a run that nothing was heard of, or only long ago. */
  async predict(tenantId: string, runId: string, deadlineMs: number | undefined): Promise<RunPrediction> {
    const { database, champions, guidance, now } = this.options;
    // Before the transaction: loading a model that is new must not hold a connection.
    const serving = await champions.championsOf(tenantId);
    return await database.forTenant(tenantId, async (transaction) => {
      await findRowsByIndex(transaction);
      const run = await findRun(transaction, tenantId, runId);
      if (run === null) {
        throw new OrreryError('ORRERY_NOT_FOUND', `run ${runId} is not known here: nothing of it was heard yet, or it ended long ago`, { details: { run_id: runId } });
      }
      const nowMs = now();
      const { workflowId, progress } = run;
      const grounds = await readRunGrounds(transaction, tenantId, workflowId, { progress, champions: serving, nowMs });
      const guided = (await guidance.read(transaction, tenantId, [workflowId])).get(workflowId);
      const { tasks, recentRuns, estimateOf } = grounds;
      const durationOf = (task: string) => estimateOf(task)?.duration ?? null;
      const eta = predictRun({ shape: tasks.shape, progress, recentRuns, durationOf, runDuration: durationOf(''), nowMs, deadlineMs });
      const next = progress.finishedAtMs === null ? nextOf(progress, grounds, { guided, champions: serving, workflowId }) : null;
      return { run, grounds, eta, deadlineMs, next, nowMs };
    });
  }
}

interface Guides {
  readonly guided: WorkflowGuidance | undefined;
  readonly champions: Champions;
  readonly workflowId: string;
}

function nextOf(progress: RunProgress, { tasks, runs, recentRuns }: RunGrounds, { guided, champions, workflowId }: Guides): NextStep | null {
  const { tasks: ended, refName } = progress;
  const mode = modeOn(guided?.modes ?? [], refName);
  if (mode === 'off') return null;
  const prediction = predictNext({
    ngram: tasks.transitions,
    model: champions.nextTask(workflowId),
    prefix: ended.slice(-contextLength).map(({ name }) => name),
    endShare: endShareFrom(recentRuns, progress) ?? endShareOf(runs.lengths, ended.length),
    annotations: marksOn(guided?.marks ?? [], refName),
  });
  if (prediction.expected === null) return null;
  return { mode, prediction, ...adviseNext(mode, prediction.candidates, ended.at(-1)?.name ?? '') };
}
