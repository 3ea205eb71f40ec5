export { adapterInfo } from './backends.js';
export { requestedRuntimes, type RejectedRuntime, type RequestedRuntime, type RuntimeReport, type SelfTestResult } from './runtime-report.js';
export { selectRuntime, tensorRuntimes, type RuntimeCandidates, type RuntimeSelection, type SelectionOptions } from './select-runtime.js';
export { stepDurationMs, usualWorkload, type Workload } from './self-test.js';
export { selectRuntimeInWorker, trainNetworkInWorker, type WorkerTrainingOptions, type WorkerTrainingResult } from './train-in-worker.js';
