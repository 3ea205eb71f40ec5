import { create } from '@bufbuild/protobuf';
import { PredictResponseSchema, PredictionTarget, type PredictRequest, type PredictResponse } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { parseInput } from '@orrery/http';
import type { PredictionTarget as TargetWord } from '../domain/index.js';
import type { AnswerView } from './answer.view.js';
import { questionSchema, type Question } from './question.js';

const words: Readonly<Partial<Record<PredictionTarget, TargetWord>>> = {
  [PredictionTarget.DURATION]: 'duration',
  [PredictionTarget.MEMORY]: 'memory',
  [PredictionTarget.FAILURE]: 'failure',
  [PredictionTarget.NEXT_TASK]: 'next_task',
};

/** The question of a call, checked by the rules of the HTTP API; empty texts count as not told. @throws ORRERY_VALIDATION */
export function questionOf(request: PredictRequest): Question {
  const { engine, namespace, workflow, task, image, commandHash, executorClass, runId, inputSizeBytes, trigger, refName, revision, attempt, finishedTasks, targets, machineFactor } = request;
  return parseInput(
    questionSchema,
    {
      ...{ workflow, task, image, command_hash: commandHash, executor_class: executorClass, trigger, ref_name: refName, revision },
      // Where an engine is told, an empty namespace is the empty namespace.
      ...(engine === '' ? (namespace === '' ? {} : { namespace }) : { engine, namespace }),
      ...(runId === '' ? {} : { run_id: runId }),
      ...(inputSizeBytes === undefined ? {} : { input_size_bytes: inputSizeBytes }),
      ...(attempt === 0 ? {} : { attempt }),
      ...(finishedTasks.length === 0 ? {} : { finished_tasks: finishedTasks }),
      ...(targets.length === 0 ? {} : { targets: targets.map(wordOf) }),
      ...(machineFactor === undefined ? {} : { machine_factor: machineFactor }),
    },
    'request',
  );
}

function wordOf(target: PredictionTarget): TargetWord {
  const word = words[target];
  if (word === undefined) throw new OrreryError('ORRERY_VALIDATION', `request.targets: ${target} is no target`);
  return word;
}

/** What is known of one question; absent where nothing is. */
export function responseOf(answer: AnswerView | undefined): PredictResponse {
  const { duration = null, memory = null, failure = null, next_task: next = null } = answer ?? {};
  return create(PredictResponseSchema, {
    ...(duration === null ? {} : { duration: { predictionId: duration.prediction_id, p10Ms: duration.p10_ms, p50Ms: duration.p50_ms, p90Ms: duration.p90_ms, confidence: duration.confidence, basis: basisOf(duration.basis) } }),
    ...(memory === null ? {} : { memory: memoryOf(memory) }),
    ...(failure === null ? {} : { failure: { predictionId: failure.prediction_id, probability: failure.probability, reasons: failure.reasons, basis: basisOf(failure.basis) } }),
    ...(next === null ? {} : { nextTask: nextTaskOf(next) }),
  });
}

function memoryOf({ prediction_id: predictionId, p10_bytes: p10Bytes, p50_bytes: p50Bytes, p90_bytes: p90Bytes, confidence, basis, allocation_bytes: allocationBytes, retry_allocations_bytes: retryAllocationsBytes }: NonNullable<AnswerView['memory']>) {
  return { predictionId, p10Bytes, p50Bytes, p90Bytes, confidence, basis: basisOf(basis), allocationBytes, retryAllocationsBytes };
}

function nextTaskOf({ prediction_id: predictionId, mode, advice, decision, candidates, basis }: NonNullable<AnswerView['next_task']>) {
  return { predictionId, mode, candidates, basis: basisOf(basis), ...(advice === null ? {} : { advice }), ...(decision === null ? {} : { decision }) };
}

function basisOf({ model, version, samples, level }: NonNullable<AnswerView['duration']>['basis']) {
  return { model, version, samples: BigInt(samples), level };
}
