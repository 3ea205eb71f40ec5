import { create, toBinary } from '@bufbuild/protobuf';
import { PredictionMadeSchema, predictionMadeTopic, PredictionScoredSchema, predictionScoredTopic, PredictionTarget, type PredictionMade } from '@orrery/contracts';
import type { OutgoingRecord } from '@orrery/event-log';
import { floorNames, type MadePrediction, type PredictionTarget as TargetWord, type ScoredPrediction } from './domain/index.js';

const targets: Readonly<Record<TargetWord, PredictionTarget>> = {
  duration: PredictionTarget.DURATION,
  memory: PredictionTarget.MEMORY,
  failure: PredictionTarget.FAILURE,
  next_task: PredictionTarget.NEXT_TASK,
};

/** What was predicted for somebody who asked. */
export function madeRecord(tenantId: string, prediction: MadePrediction): OutgoingRecord {
  return { topic: predictionMadeTopic.name, key: prediction.workflowId, value: toBinary(PredictionMadeSchema, messageOf(tenantId, prediction)) };
}

/** A prediction beside what really happened. */
export function scoredRecord(tenantId: string, { prediction, outcome }: ScoredPrediction): OutgoingRecord {
  const value = create(PredictionScoredSchema, {
    ...{ prediction: messageOf(tenantId, prediction), origin: prediction.origin, actualNextTask: outcome.actualNextTask ?? '', scoredAtMs: outcome.scoredAtMs, grade: outcome.grade ?? '' },
    ...present({ actual: outcome.actual, absolutePercentageError: outcome.ape, pinballLoss: outcome.pinball, brier: outcome.brier }),
    ...(outcome.isCovered === null ? {} : { isCovered: outcome.isCovered }),
    ...(outcome.isRight === null ? {} : { isRight: outcome.isRight }),
    floors: prediction.floors.flatMap((value, index) => (Number.isFinite(value) ? [{ name: floorNames[index] ?? '', value }] : [])),
  });
  return { topic: predictionScoredTopic.name, key: prediction.workflowId, value: toBinary(PredictionScoredSchema, value) };
}

function messageOf(tenantId: string, prediction: MadePrediction): PredictionMade {
  const { predictionId, workflowId, workflow, task, runId, target, basis, madeAtMs, interval, probability, nextTask } = prediction;
  return create(PredictionMadeSchema, {
    ...{ tenantId, predictionId, workflowId, ...workflow, task, runId: runId ?? '', target: targets[target], madeAtMs, nextTask: nextTask ?? '' },
    basis: { model: basis.model, version: basis.version, samples: BigInt(basis.samples), level: basis.level },
    ...present({ p10: interval?.p10, p50: interval?.p50, p90: interval?.p90, probability }),
  });
}

/** The contract has absent numbers where the domain has null. */
function present<Values extends Readonly<Record<string, number | null | undefined>>>(values: Values): { [Name in keyof Values]?: number } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as { [Name in keyof Values]?: number };
}
