import { describeOperations, joinOpenApi, pageSchema, type Operation } from '@orrery/http';
import { choiceBody, modelParameters, modelsQuery, slotQuery, trainingBody, trainingParameters, trainingsQuery } from './model-inputs.js';
import { modelCardSchema, modelSchema, rollbackSchema, trainingSchema } from './model-views.js';

const model = '/api/v1/models/{kind}/{version}';
const training = '/api/v1/trainings/{training_id}';

/** Every route of models. */
export const modelOperations: readonly Operation[] = [
  { path: '/api/v1/models', method: 'get', id: 'listModels', summary: 'Trained models with their figures, the newest first', query: modelsQuery, response: pageSchema(modelSchema) },
  { path: model, method: 'get', id: 'getModel', summary: 'The card of a model: from what it was made, how good it is, who put it where it is', query: slotQuery, response: modelCardSchema },
  { path: `${model}/promote`, method: 'post', id: 'promoteModel', summary: 'Puts a model into service by hand', query: slotQuery, body: choiceBody, response: modelCardSchema },
  { path: '/api/v1/models/{kind}/rollback', method: 'post', id: 'rollbackModel', summary: 'Goes back to the model that served before', query: slotQuery, body: choiceBody, response: rollbackSchema },
];

/** Every route of trainings. */
export const trainingOperations: readonly Operation[] = [
  { path: '/api/v1/trainings', method: 'post', id: 'requestTraining', summary: 'Asks for a training; it waits its turn', body: trainingBody, response: trainingSchema },
  { path: '/api/v1/trainings', method: 'get', id: 'listTrainings', summary: 'Trainings, the newest first', query: trainingsQuery, response: pageSchema(trainingSchema) },
  { path: training, method: 'get', id: 'getTraining', summary: 'How far a training is, or what became of it', response: trainingSchema },
  { path: training, method: 'delete', id: 'cancelTraining', summary: 'Ends a training that waits or runs' },
];

/** The routes of models and trainings, made from the schemas that check their input and describe their output. */
export const modelOpenApi = joinOpenApi([
  describeOperations(modelOperations, { tag: 'models', pathParameters: modelParameters }),
  describeOperations(trainingOperations, { tag: 'models', pathParameters: trainingParameters }),
]);
