import { describe, expect, it } from '@jest/globals';
import { metricSampledTopic, runFinishedTopic, runStartedTopic, taskFinishedTopic, topicCatalogue } from './topics.js';

describe('the topic catalogue', () => {
  it('names every topic once', () => {
    const names = topicCatalogue.map(({ name }) => name);

    expect(names).toEqual([...new Set(names)]);
  });

  it('spreads all facts in the same way, so that those of one workflow lie in partitions of one number', () => {
    const spreads = [runStartedTopic, taskFinishedTopic, runFinishedTopic, metricSampledTopic].map(({ key, partitions }) => ({ key, partitions }));

    expect(new Set(spreads.map((spread) => JSON.stringify(spread))).size).toBe(1);
  });
});
