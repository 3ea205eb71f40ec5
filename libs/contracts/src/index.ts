export * from './gen/orrery/v1/execution_pb.js';
export * from './gen/orrery/v1/facts_pb.js';
export * from './gen/orrery/v1/run_pb.js';
export * from './gen/orrery/v1/status_pb.js';
export * from './identity.js';
export * from './topics.js';
