export { defaultBodyLimits, tooLarge, type BodyLimits } from './body-limits.js';
export { startGrpcServer, type Answering, type GrpcServer, type GrpcServerOptions } from './grpc-server.js';
export { HealthRegistry, type HealthNotice, type HealthReport } from './health.js';
export { parseInput, parseJsonBody } from './json-body.js';
export { Listing, pageCursor, pageLimit, pageSchema, type Page, type Paging } from './listing.js';
export { describeOperations, joinOpenApi, jsonSchemaOf, type OpenApiFragment, type Operation } from './openapi.js';
export { runUntilSignal } from './run-until-signal.js';
export { startHttpService, type HttpService, type HttpServiceOptions } from './start-http-service.js';
export { Tenant } from './tenant.js';
