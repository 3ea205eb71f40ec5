import { describeOperations, joinOpenApi } from '@orrery/http';
import { decidingOperations } from './deciding/decisions.controller.js';
import { policyOpenApi } from './policies/index.js';

/** The routes of the service, made from the schemas that check their input and describe their output. */
export const schedulerOpenApi = joinOpenApi([describeOperations(decidingOperations, { tag: 'schedule' }), policyOpenApi]);
