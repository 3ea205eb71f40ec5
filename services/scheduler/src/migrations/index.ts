import { CreateDeciding1767312000001 } from './create-deciding-1767312000001.js';
import { CreateExperiments1767312000003 } from './create-experiments-1767312000003.js';
import { CreateOutbox1767312000004 } from './create-outbox-1767312000004.js';
import { CreateTraining1767312000002 } from './create-training-1767312000002.js';

/** In the order in which they are applied. */
export const schedulerMigrations = [CreateDeciding1767312000001, CreateTraining1767312000002, CreateExperiments1767312000003, CreateOutbox1767312000004];
