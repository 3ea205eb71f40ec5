import type { Anomaly, AnomalyAction } from './anomaly-shapes.js';
import type { PageRequest } from './calls.js';
import { getJson, postJson, type Parameters } from './request.js';
import type { Page } from './wire-shapes.js';

export const listAnomalies = (filter: Parameters, { cursor, signal }: PageRequest): Promise<Page<Anomaly>> =>
  getJson('anomalies', { ...filter, limit: 50, cursor }, signal);

/** The anomalies that a run is evidence of, the newest hundred. */
export const listRunAnomalies = (runId: string, signal: AbortSignal): Promise<Page<Anomaly>> => getJson('anomalies', { run_id: runId, limit: 100 }, signal);

export const actOnAnomaly = (anomalyId: string, action: AnomalyAction, signal: AbortSignal): Promise<Anomaly> =>
  postJson(`anomalies/${encodeURIComponent(anomalyId)}/${action}`, {}, signal);
