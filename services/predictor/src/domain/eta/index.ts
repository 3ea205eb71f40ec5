export { followRun, type FollowedRun, type FollowedStep } from './follow-run.js';
export { learnShape } from './learn-shape.js';
export { predictRun, type EtaBasis, type RemainingTask, type RunEta, type RunQuestion } from './predict-run.js';
export { endShareFrom } from './run-contents.js';
export { advanceRun, emptyProgress, mostEndedTasks, startRun, type EndedTask, type FollowedExecution, type RunProgress } from './run-progress.js';
export type { DurationQuantiles } from './split-log-normal.js';
export { emptyShape, mostShapeTasks, occurrenceOf, retryShareOf, type ShapeTask, type WorkflowShape } from './workflow-shape.js';
