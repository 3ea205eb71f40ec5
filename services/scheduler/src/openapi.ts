import { describeOperations, joinOpenApi } from '@orrery/http';
import { decidingOperations } from './deciding/decisions.controller.js';
import { experimentOpenApi } from './experiments/index.js';
import { policyOpenApi } from './policies/index.js';
import { trainingOpenApi } from './training/training-openapi.js';

/** The routes of the service, made from the schemas that check their input and describe their output. */
export const schedulerOpenApi = joinOpenApi([describeOperations(decidingOperations, { tag: 'schedule' }), policyOpenApi, trainingOpenApi, experimentOpenApi]);
