import { describe, expect, it } from '@jest/globals';
import type { Subscription } from '../event-log.js';
import { resolveSubscription } from './resolved-subscription.js';

const subscription: Subscription<string> = { groupId: 'g', topics: ['t'], decode: () => '', handle: async () => undefined };

describe('subscription', () => {
  it('has defaults', () => {
    expect(resolveSubscription(subscription)).toMatchObject({ from: 'earliest', maxBatchRecords: 1_000, maxBatchBytes: 8 * 1024 * 1024, gatherMs: 50 });
    expect(resolveSubscription({ ...subscription, from: 'latest', maxBatchRecords: 7 })).toMatchObject({ from: 'latest', maxBatchRecords: 7 });
  });

  it('is refused with all of its faults at once', () => {
    const wrong = { ...subscription, groupId: '', topics: ['t', 't'], maxBatchRecords: 0 };

    expect(() => resolveSubscription(wrong)).toThrow(/groupId is empty; topics names one twice; maxBatchRecords is 0/);
    expect(() => resolveSubscription({ ...subscription, topics: [] })).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG' }));
  });
});
