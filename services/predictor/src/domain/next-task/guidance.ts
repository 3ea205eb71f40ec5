/** What people said of a transition. */
export const annotationLabels = ['good', 'bad'] as const;
export type AnnotationLabel = (typeof annotationLabels)[number];

/** What predictions of the next task may be used for. */
export const predictionModes = ['off', 'shadow', 'advise', 'decide'] as const;
export type PredictionMode = (typeof predictionModes)[number];

/** Where nothing is set: it is predicted and held against what really happens, and nobody is told what to do. */
export const usualMode: PredictionMode = 'shadow';

/** A transition that somebody marked. */
export interface MarkedTransition {
  /** Empty for the beginning of the run. */
  readonly fromTask: string;
  /** Empty for the end of the run. */
  readonly toTask: string;
  readonly label: AnnotationLabel;
}

/** A mark or mode that holds on one branch, or with an empty one on all. */
export interface OnBranch {
  readonly branch: string;
}

/** The name of a branch without the path that git keeps it under. */
export function branchNameOf(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '');
}

/** The settings that hold on a branch: those of the branch itself, else those of all branches. */
export function onBranch<Setting extends OnBranch>(settings: readonly Setting[], branch: string): readonly Setting[] {
  const name = branchNameOf(branch);
  return settings.filter((setting) => setting.branch === '' || branchNameOf(setting.branch) === name).sort((left, right) => Number(right.branch !== '') - Number(left.branch !== ''));
}

/** The mode that holds on a branch. */
export function modeOn(settings: readonly (OnBranch & { readonly mode: PredictionMode })[], branch: string): PredictionMode {
  return onBranch(settings, branch)[0]?.mode ?? usualMode;
}

/** The marks that hold on a branch: one for each transition, the branch's own before that of all branches. */
export function marksOn<Mark extends MarkedTransition & OnBranch>(marks: readonly Mark[], branch: string): readonly Mark[] {
  const seen = new Set<string>();
  return onBranch(marks, branch).filter(({ fromTask, toTask }) => {
    const transition = JSON.stringify([fromTask, toTask]);
    return !seen.has(transition) && seen.add(transition) !== undefined;
  });
}
