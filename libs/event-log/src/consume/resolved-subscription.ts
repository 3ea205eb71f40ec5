import { OrreryError } from '@orrery/errors';
import type { Subscription } from '../event-log.js';

/** A subscription with its defaults filled in. */
export type ResolvedSubscription<Value> = Subscription<Value> & Required<Pick<Subscription<Value>, 'from' | 'maxBatchRecords' | 'maxBatchBytes' | 'gatherMs'>>;

/** Fills in the defaults of a subscription. @throws ORRERY_CONFIG when it makes no sense. */
export function resolveSubscription<Value>(subscription: Subscription<Value>): ResolvedSubscription<Value> {
  const { groupId, topics, maxBatchRecords = 1_000, maxBatchBytes = 8 * 1024 * 1024, gatherMs = 50, from = 'earliest' } = subscription;
  const faults = [
    groupId === '' ? 'groupId is empty' : '',
    topics.length === 0 ? 'topics is empty' : '',
    new Set(topics).size === topics.length ? '' : 'topics names one twice',
    maxBatchRecords >= 1 ? '' : `maxBatchRecords is ${maxBatchRecords}, at least 1 is needed`,
    maxBatchBytes >= 1 ? '' : `maxBatchBytes is ${maxBatchBytes}, at least 1 is needed`,
    gatherMs >= 0 ? '' : `gatherMs is ${gatherMs}, at least 0 is needed`,
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw new OrreryError('ORRERY_CONFIG', `subscription of group "${groupId}": ${faults.join('; ')}`);
  return { ...subscription, maxBatchRecords, maxBatchBytes, gatherMs, from };
}
