import type { Observation } from '@orrery/contracts';
import type { Transaction } from '@orrery/persistence';
import type { Execution } from '../domain/history/execution.js';
import { addArrivals } from './arrival.repository.js';
import { arrivalHoursOf } from './domain/arrival-hours.js';

/**
 * Counts runs that began and the load of executions that ended, in one statement. Facts must come once; in which batches they come makes
 * no difference.
 */
export async function learnArrivals(transaction: Transaction, tenantId: string, facts: readonly (Execution | Observation)[]): Promise<void> {
  await addArrivals(transaction, tenantId, arrivalHoursOf(facts));
}
