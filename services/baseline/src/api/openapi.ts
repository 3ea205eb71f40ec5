import { describeOperations, joinOpenApi, pageSchema, type Operation } from '@orrery/http';
import { alertOpenApi } from '../alerts/index.js';
import { anomalySchema, previewSchema, statisticsSchema } from '../views/anomaly.view.js';
import { baselineDetailSchema, baselineForSchema, baselineSchema, historyPointSchema } from '../views/baseline.view.js';
import { anomaliesQuery, anomalyParameters, baselineForQuery, baselinesQuery, historyQuery, keyParameters, muteBody, noteBody, previewBody, statisticsQuery } from './inputs.js';

const baseline = '/api/v1/baselines/{key_id}';
const anomaly = '/api/v1/anomalies/{anomaly_id}';
const action = { method: 'post', response: anomalySchema } as const;

const baselineOperations: readonly Operation[] = [
  { path: '/api/v1/baselines', method: 'get', id: 'listBaselines', summary: 'What is normal, the latest update first', query: baselinesQuery, response: pageSchema(baselineSchema) },
  { path: '/api/v1/baselines/for', method: 'get', id: 'getBaselineFor', summary: 'The finest baseline that knows enough of a workload', query: baselineForQuery, response: baselineForSchema },
  { path: baseline, method: 'get', id: 'getBaseline', summary: 'One baseline, and what it backs off to', response: baselineDetailSchema },
  { path: baseline, method: 'delete', id: 'forgetBaseline', summary: 'Forgets a baseline: the next fact starts afresh' },
  { path: `${baseline}/history`, method: 'get', id: 'getBaselineHistory', summary: 'How a baseline changed, the latest first', query: historyQuery, response: pageSchema(historyPointSchema) },
];

const anomalyOperations: readonly Operation[] = [
  { path: '/api/v1/anomalies', method: 'get', id: 'listAnomalies', summary: 'What is not normal, the latest detection first', query: anomaliesQuery, response: pageSchema(anomalySchema) },
  { path: '/api/v1/anomalies/statistics', method: 'get', id: 'getAnomalyStatistics', summary: 'How many anomalies there were, and how many false alarms', query: statisticsQuery, response: statisticsSchema },
  { path: anomaly, method: 'get', id: 'getAnomaly', summary: 'One anomaly', response: anomalySchema },
  { ...action, path: `${anomaly}/acknowledge`, id: 'acknowledgeAnomaly', summary: 'Somebody looks after it', body: noteBody },
  { ...action, path: `${anomaly}/resolve`, id: 'resolveAnomaly', summary: 'It is over', body: noteBody },
  { ...action, path: `${anomaly}/mute`, id: 'muteAnomaly', summary: 'Nobody is told of this cause for a while, also when it comes again', body: muteBody },
  { ...action, path: `${anomaly}/false-positive`, id: 'markFalsePositive', summary: 'It was none: the bounds of this cause get wider for this subject', body: noteBody },
  { path: '/api/v1/anomaly-rules/preview', method: 'post', id: 'previewAnomalyRule', summary: 'What a rule would have flagged', body: previewBody, response: previewSchema },
];

/** Every route of baselines and anomalies; those of alerts are beside them. */
export const operations = [...baselineOperations, ...anomalyOperations];

/** The routes of the service, alerts among them, made from the schemas that check their input and describe their output. */
export const baselineOpenApi = joinOpenApi([
  describeOperations(baselineOperations, { tag: 'baselines', pathParameters: keyParameters }),
  describeOperations(anomalyOperations, { tag: 'anomalies', pathParameters: anomalyParameters }),
  alertOpenApi,
]);
