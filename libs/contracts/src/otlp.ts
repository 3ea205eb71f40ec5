export * from './gen/orrery/otlp/v1/otlp_pb.js';
