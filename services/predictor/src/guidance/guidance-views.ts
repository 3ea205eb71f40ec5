import { z } from 'zod';
import { annotationLabels, predictionModes } from '../domain/index.js';
import type { Annotation } from './annotation.repository.js';
import type { ModeSetting } from './prediction-mode.repository.js';

const time = z.string().describe('ISO 8601 in UTC');

const ofWorkflow = {
  workflow_id: z.string(),
  engine: z.string().nullable().describe('Null once the workflow itself is forgotten'),
  namespace: z.string().nullable(),
  workflow: z.string(),
  branch: z.string().describe('Empty for all branches'),
};

export const annotationSchema = z
  .object({
    annotation_id: z.string(),
    ...ofWorkflow,
    from_task: z.string().describe('Empty for the beginning of the run'),
    to_task: z.string().describe('Empty for the end of the run'),
    label: z.enum(annotationLabels),
    note: z.string(),
    by: z.string(),
    at: time,
  })
  .meta({ id: 'Annotation' });

export type AnnotationView = z.output<typeof annotationSchema>;

export function annotationView({ annotationId, workflowId, engine, namespace, workflow, branch, fromTask, toTask, label, note, by, atMs }: Annotation): AnnotationView {
  return { annotation_id: annotationId, workflow_id: workflowId, engine, namespace, workflow, branch, from_task: fromTask, to_task: toTask, label, note, by, at: iso(atMs) };
}

export const modeSchema = z.object({ ...ofWorkflow, mode: z.enum(predictionModes), at: time }).meta({ id: 'PredictionMode' });

export type ModeView = z.output<typeof modeSchema>;

export function modeView({ workflowId, engine, namespace, workflow, branch, mode, atMs }: ModeSetting): ModeView {
  return { workflow_id: workflowId, engine, namespace, workflow, branch, mode, at: iso(atMs) };
}

function iso(momentMs: number): string {
  return new Date(momentMs).toISOString();
}
