export { ingestSettings, type IngestConfig, type SourceTopic } from './ingest.config.js';
export { IngestModule, signedRoutesOf, type IngestModuleOptions } from './ingest.module.js';
export { ingestOpenApi } from './openapi.js';
