import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { letRequestQueuesRest } from './kafka-request-queue.js';

describe('queue of requests of a connection', () => {
  const sent: number[] = [];
  let queue: RequestQueue;
  beforeEach(() => {
    jest.useFakeTimers();
    sent.length = 0;
    letRequestQueuesRest();
    const logger = { debug: () => undefined };
    queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1_000, enforceRequestTimeout: false, clientId: 'spec', broker: 'b:9092', logger });
  });
  afterEach(() => {
    queue.destroy();
    jest.useRealTimers();
  });

  const push = (correlationId: number): void => {
    const entry = { correlationId, apiKey: 3, apiName: 'Metadata', apiVersion: 1, resolve: () => undefined, reject: () => undefined };
    queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) });
  };
  const answer = (correlationId: number): void => queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });

  it('sets no timer once everything is answered', () => {
    push(1);
    answer(1);

    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends what had to wait as soon as the one before is answered', () => {
    push(1);
    push(2);
    answer(1);

    expect(sent).toEqual([1, 2]);
  });

  it('sends what a broker slowed down when its time has come', () => {
    queue.maybeThrottle(500);
    push(1);
    jest.advanceTimersByTime(499);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(2);

    expect(sent).toEqual([1]);
  });
});
