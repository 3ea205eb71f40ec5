import { describeOperations, joinOpenApi, pageSchema, type Operation } from '@orrery/http';
import { z } from 'zod';
import { evaluationBody, evaluationParameters, jobParameters, jobsQuery, trainingBody, workloadParameters, workloadQuery } from './jobs/learning-request.js';
import { evaluationSchema, trainingSchema, workloadSchema, workloadsSchema } from './jobs/learning-views.js';

const trainings = '/api/v1/schedule/trainings';
const evaluations = '/api/v1/schedule/evaluations';
const workloads = '/api/v1/schedule/workloads';

const jobsBody = z.record(z.string(), z.unknown()).describe('Measured plans {levels, sizes, jobs}, one or several executions in WfFormat, or {name, stages: [{name, tasks, duration_ms, depends_on}]} or {jobs: [...]}; may be gzipped');

/** Every route of trainings. */
export const trainingOperations: readonly Operation[] = [
  { path: trainings, method: 'post', id: 'requestScheduleTraining', summary: 'Asks for a policy to be learned; it waits its turn, and serves only if it passes the release gate', body: trainingBody, response: trainingSchema },
  { path: trainings, method: 'get', id: 'listScheduleTrainings', summary: 'Trainings of policies, the newest first, without their reports', query: jobsQuery, response: pageSchema(trainingSchema) },
  { path: `${trainings}/{training_id}`, method: 'get', id: 'getScheduleTraining', summary: 'How far a training is, or what became of it, with the whole report', response: trainingSchema },
  { path: `${trainings}/{training_id}`, method: 'delete', id: 'cancelScheduleTraining', summary: 'Ends a training that waits or runs' },
];

/** Every route of evaluations. */
export const evaluationOperations: readonly Operation[] = [
  { path: evaluations, method: 'post', id: 'requestScheduleEvaluation', summary: 'Asks for policies to be compared on the same sequences of jobs', body: evaluationBody, response: evaluationSchema },
  { path: evaluations, method: 'get', id: 'listScheduleEvaluations', summary: 'Evaluations, the newest first, without their figures', query: jobsQuery, response: pageSchema(evaluationSchema) },
  { path: `${evaluations}/{evaluation_id}`, method: 'get', id: 'getScheduleEvaluation', summary: 'How far an evaluation is, or its figures', response: evaluationSchema },
  { path: `${evaluations}/{evaluation_id}`, method: 'delete', id: 'cancelScheduleEvaluation', summary: 'Ends an evaluation that waits or runs' },
];

/** Every route of uploaded jobs. */
export const workloadOperations: readonly Operation[] = [
  { path: workloads, method: 'post', id: 'uploadScheduleWorkload', summary: 'Uploads jobs to train and to compare policies on', query: workloadQuery, body: jobsBody, response: workloadSchema },
  { path: workloads, method: 'get', id: 'listScheduleWorkloads', summary: 'Uploaded jobs, the newest first', response: workloadsSchema },
  { path: `${workloads}/{workload_id}`, method: 'delete', id: 'deleteScheduleWorkload', summary: 'Forgets uploaded jobs' },
];

/** The routes of trainings, evaluations and uploaded jobs, made from the schemas that check their input and describe their output. */
export const trainingOpenApi = joinOpenApi([
  describeOperations(trainingOperations, { tag: 'schedule', pathParameters: jobParameters }),
  describeOperations(evaluationOperations, { tag: 'schedule', pathParameters: evaluationParameters }),
  describeOperations(workloadOperations, { tag: 'schedule', pathParameters: workloadParameters }),
]);
