import { parentPort } from 'node:worker_threads';
import { evaluateFold, type FoldJob } from './fold.js';

parentPort?.on('message', (job: FoldJob) => parentPort?.postMessage(evaluateFold(job)));
