import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * Lets connections rest that wait for nothing. kafkajs 2.2.4 looks at the queue of a connection again after `throttledUntil - now`,
 * which is negative where no broker throttles: each connection looks a thousand times a second, for ever, and Node warns of the
 * negative delay. An empty queue needs no second look: whatever is queued later asks for its own.
 * Source: kafkajs, src/network/requestQueue/index.js, scheduleCheckPendingRequests.
 */
export function letRequestQueuesRest(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = scheduleWhenNeeded;
}

const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;

function scheduleWhenNeeded(this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
}
