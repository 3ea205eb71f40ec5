import { describeOperations, pageSchema, type Operation } from '@orrery/http';
import { experimentParameters, experimentsQuery, startBody, stopBody } from './experiment-inputs.js';
import { experimentReportSchema, experimentSchema } from './experiment-views.js';

const experiments = '/api/v1/schedule/experiments';

/** Every route of experiments. */
export const experimentOperations: readonly Operation[] = [
  { path: experiments, method: 'post', id: 'startExperiment', summary: 'Tries a policy in drawn blocks of time, or beside the one that serves', body: startBody, response: experimentReportSchema },
  { path: experiments, method: 'get', id: 'listExperiments', summary: 'Experiments, the latest first', query: experimentsQuery, response: pageSchema(experimentSchema) },
  { path: `${experiments}/{experiment_id}`, method: 'get', id: 'getExperiment', summary: 'How far an experiment is; what came of it once its horizon is reached', response: experimentReportSchema },
  { path: `${experiments}/{experiment_id}/stop`, method: 'post', id: 'stopExperiment', summary: 'Ends an experiment, or the roll-back and roll-out that it left', body: stopBody, response: experimentReportSchema },
];

/** The routes of experiments, made from the schemas that check their input and describe their output. */
export const experimentOpenApi = describeOperations(experimentOperations, { tag: 'schedule', pathParameters: experimentParameters });
