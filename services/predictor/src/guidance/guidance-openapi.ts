import { describeOperations, pageSchema, type Operation } from '@orrery/http';
import { annotationBody, annotationParameters, annotationsQuery, modeBody, modeKeyQuery, modesQuery } from './guidance-inputs.js';
import { annotationSchema, modeSchema } from './guidance-views.js';

const annotations = '/api/v1/annotations';
const modes = '/api/v1/prediction-modes';

/** Every route of guidance. */
export const guidanceOperations: readonly Operation[] = [
  { path: annotations, method: 'post', id: 'annotateTransition', summary: 'Marks a transition between tasks as good or bad; said again, it is changed', body: annotationBody, response: annotationSchema },
  { path: annotations, method: 'get', id: 'listAnnotations', summary: 'What people said of transitions, the latest first', query: annotationsQuery, response: pageSchema(annotationSchema) },
  { path: `${annotations}/{annotation_id}`, method: 'delete', id: 'removeAnnotation', summary: 'Takes back what was said of a transition' },
  { path: modes, method: 'put', id: 'setPredictionMode', summary: 'What predictions of the next task may be used for in a workflow; shadow where nothing is set', body: modeBody, response: modeSchema },
  { path: modes, method: 'get', id: 'listPredictionModes', summary: 'The modes that are set, the latest first', query: modesQuery, response: pageSchema(modeSchema) },
  { path: modes, method: 'delete', id: 'removePredictionMode', summary: 'Takes back the mode of a workflow or of a branch of it', query: modeKeyQuery },
];

/** The routes of guidance, made from the schemas that check their input and describe their output. */
export const guidanceOpenApi = describeOperations(guidanceOperations, { tag: 'predictions', pathParameters: annotationParameters });
