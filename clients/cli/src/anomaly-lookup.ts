import type { Anomaly } from './anomaly-shapes.js';
import type { ApiClient } from './api-client.js';
import { findByPrefix } from './key-lookup.js';

export const ANOMALIES_PATH = '/api/v1/anomalies';

export const anomalyArgumentHelp = 'id of the anomaly as `orrery anomalies` shows it, or its beginning';

/** The id of the anomaly that a person means; throws as findByPrefix does. */
export function findAnomalyId(client: ApiClient, given: string): Promise<string> {
  return findByPrefix<Anomaly>(client, given, { path: ANOMALIES_PATH, noun: 'anomaly', command: 'orrery anomalies', idOf: ({ anomaly_id: id }) => id, describe: ({ title }) => title });
}
