export { guidanceOpenApi, guidanceOperations } from './guidance-openapi.js';
export { guidanceParts, type GuidanceOptions, type GuidanceParts } from './guidance-parts.js';
export { GuidanceReader, type WorkflowGuidance } from './guidance-reader.js';
export { nameWorkflow, type WorkflowName } from './name-workflow.js';
