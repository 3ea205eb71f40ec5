import type { PageRequest } from './calls.js';
import { getJson, type Parameters } from './request.js';
import type { Evaluation, Experiment, ExperimentReport, Policy, PolicyWithCard, ScheduleDecision, Training } from './schedule-shapes.js';
import type { Page } from './wire-shapes.js';

export const listPolicies = (signal: AbortSignal): Promise<{ readonly policies: readonly Policy[] }> => getJson('schedule/policies', {}, signal);

/** A policy with its model card. */
export const readPolicy = (name: string, signal: AbortSignal): Promise<PolicyWithCard> => getJson(`schedule/policies/${encodeURIComponent(name)}`, {}, signal);

export const listDecisions = (filter: Parameters, { cursor, signal }: PageRequest): Promise<Page<ScheduleDecision>> =>
  getJson('schedule/decisions', { ...filter, limit: 50, cursor }, signal);

export const listExperiments = ({ cursor, signal }: PageRequest): Promise<Page<Experiment>> => getJson('schedule/experiments', { limit: 20, cursor }, signal);

/** How far an experiment is, and what came of it. */
export const readExperiment = (experimentId: string, signal: AbortSignal): Promise<ExperimentReport> =>
  getJson(`schedule/experiments/${encodeURIComponent(experimentId)}`, {}, signal);

/** Without their reports. */
export const listTrainings = ({ cursor, signal }: PageRequest): Promise<Page<Training>> => getJson('schedule/trainings', { limit: 20, cursor }, signal);

export const readTraining = (trainingId: string, signal: AbortSignal): Promise<Training> => getJson(`schedule/trainings/${encodeURIComponent(trainingId)}`, {}, signal);

/** Without their figures. */
export const listEvaluations = ({ cursor, signal }: PageRequest): Promise<Page<Evaluation>> => getJson('schedule/evaluations', { limit: 20, cursor }, signal);

export const readEvaluation = (evaluationId: string, signal: AbortSignal): Promise<Evaluation> => getJson(`schedule/evaluations/${encodeURIComponent(evaluationId)}`, {}, signal);
