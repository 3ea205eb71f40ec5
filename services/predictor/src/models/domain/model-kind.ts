/** What models are trained for. Those of `next_task` belong to one workflow each, the others to all of a tenant. */
export const modelKinds = ['duration', 'memory', 'failure', 'next_task'] as const;

export type ModelKind = (typeof modelKinds)[number];

/** How a model stands: waiting, serving, having served, or not good enough. */
export const modelStatuses = ['challenger', 'champion', 'retired', 'rejected'] as const;

export type ModelStatus = (typeof modelStatuses)[number];

export const trainingStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'lost'] as const;

export type TrainingStatus = (typeof trainingStatuses)[number];

/** Whether a training may put its model into service. */
export const promotions = ['if_better', 'never'] as const;

export type Promotion = (typeof promotions)[number];

/** Which model: its kind, and the workflow's id where the kind has one a workflow, else empty. */
export interface ModelSlot {
  readonly kind: ModelKind;
  readonly scope: string;
}
