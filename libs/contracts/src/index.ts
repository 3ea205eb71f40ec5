export * from './cloudevents/cloud-event.js';
export * from './cloudevents/content-mode.js';
export * from './cloudevents/http-binding.js';
export * from './cloudevents/json-format.js';
export * from './cloudevents/kafka-binding.js';
export * from './cloudevents/media-type.js';
export * from './gen/orrery/v1/anomaly_pb.js';
// The message WorkloadKey is told through its schema; the name is the domain's.
export { BaselineStateSchema, WorkloadKeySchema, type BaselineState } from './gen/orrery/v1/baseline_pb.js';
export * from './gen/orrery/v1/execution_pb.js';
export * from './gen/orrery/v1/facts_pb.js';
export * from './gen/orrery/v1/run_pb.js';
export * from './gen/orrery/v1/status_pb.js';
export * from './identity.js';
export * from './observation/fact-fault.js';
export * from './observation/observation.js';
export { earliestMs, latestAheadMs } from './observation/observation-of-fact.js';
export * from './observation/workload-key.js';
export * from './topics.js';
