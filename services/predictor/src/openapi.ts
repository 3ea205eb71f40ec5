import { describeOperations, joinOpenApi } from '@orrery/http';
import { accuracyOperations } from './accuracy/accuracy.controller.js';
import { askingOperations } from './asking/predictions.controller.js';
import { forecastOpenApi } from './forecasting/index.js';
import { guidanceOpenApi } from './guidance/index.js';
import { modelOpenApi } from './models/index.js';
import { runningOpenApi } from './running/index.js';

/** The routes of the service, made from the schemas that check their input and describe their output. */
export const predictorOpenApi = joinOpenApi([describeOperations([...askingOperations, ...accuracyOperations], { tag: 'predictions' }), runningOpenApi, guidanceOpenApi, forecastOpenApi, modelOpenApi]);
