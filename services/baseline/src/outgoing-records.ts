import { create, toBinary } from '@bufbuild/protobuf';
import { anomalyDetectedTopic, AnomalySchema, AnomalySeverity, AnomalyStatus, BaselineStateSchema, baselineStateTopic, encodeKafkaBinary } from '@orrery/contracts';
import type { OutgoingRecord } from '@orrery/event-log';
import type { Anomaly, WorkloadKey } from './domain/index.js';
import type { SavedBaseline } from './storage/baseline.repository.js';

const severities = { info: AnomalySeverity.INFO, warning: AnomalySeverity.WARNING, critical: AnomalySeverity.CRITICAL };
const statuses = { open: AnomalyStatus.OPEN, acknowledged: AnomalyStatus.ACKNOWLEDGED, resolved: AnomalyStatus.RESOLVED };

/** An anomaly as it stands, for whoever acts on anomalies: a CloudEvent in binary mode, its data protobuf. */
export function anomalyRecord(tenantId: string, anomaly: Anomaly): OutgoingRecord {
  const { anomalyId, type, title, text, subjectKeyId, subject, cause, metric, unit, count, sinceMs, detectedAtMs, level, expected, actual, deviation, resolution } = anomaly;
  const value = create(AnomalySchema, {
    ...{ tenantId, anomalyId, type, title, text, cause, metric, unit, sinceMs, detectedAtMs },
    ...{ severity: severities[anomaly.severity], status: statuses[anomaly.status], subject: keyMessage(subjectKeyId, subject), baselineKeyId: anomaly.baselineKeyId ?? '' },
    ...{ runIds: [...anomaly.evidence], taskIds: [...anomaly.taskIds], lastSeenAtMs: anomaly.lastDetectedAtMs, count: BigInt(count), resolution: resolution?.kind ?? '' },
    ...present({ level, expected, actual, deviation, resolvedAtMs: resolution?.atMs }),
  });
  const event = encodeKafkaBinary({
    ...{ specversion: '1.0', source: 'urn:orrery:baseline', type: anomalyDetectedTopic.name, subject: anomalyId, datacontenttype: 'application/protobuf' },
    id: [anomalyId, anomaly.status, anomaly.severity, count, anomaly.mutedUntilMs ?? 0].join('/'),
    time: new Date(resolution?.atMs ?? anomaly.lastDetectedAtMs).toISOString(),
    data: { kind: 'bytes', bytes: toBinary(AnomalySchema, value) },
  });
  return { topic: anomalyDetectedTopic.name, key: subjectKeyId, ...event };
}

/** What is normal for a key now. */
export function stateRecord(tenantId: string, { keyId, key, level, state, bytes }: SavedBaseline): OutgoingRecord {
  const value = create(BaselineStateSchema, { tenantId, key: keyMessage(keyId, key), level, count: BigInt(state.count), updatedAtMs: state.lastUpdatedMs, state: bytes });
  return { topic: baselineStateTopic.name, key: stateKey(tenantId, keyId), value: toBinary(BaselineStateSchema, value) };
}

/** That nothing is known of a key any more. */
export function forgottenStateRecord(tenantId: string, keyId: string): OutgoingRecord {
  return { topic: baselineStateTopic.name, key: stateKey(tenantId, keyId), value: null };
}

function stateKey(tenantId: string, keyId: string): string {
  return `${tenantId}/${keyId}`;
}

function keyMessage(keyId: string, { subject, engine, namespace, workflow, task, image, commandHash, executorClass }: WorkloadKey) {
  return { keyId, subject, engine, namespace, workflow, task, image, commandHash, executorClass };
}

/** The contract has absent numbers where the domain has null. */
function present<Values extends Readonly<Record<string, number | null | undefined>>>(values: Values): { [Name in keyof Values]?: number } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as { [Name in keyof Values]?: number };
}
