import { create, toBinary } from '@bufbuild/protobuf';
import { ScheduleDecidedSchema, scheduleDecidedTopic } from '@orrery/contracts';
import type { OutgoingRecord } from '@orrery/event-log';
import type { Decision } from './deciding/decision.js';
import type { Assignment } from './domain/index.js';

/** A record has room for so many of each list. */
const mostTold = 500;

/** What was decided when an engine asked what to start next. */
export function decidedRecord(tenantId: string, decision: Decision): OutgoingRecord {
  const { decisionId, scheduler, decidedAtMs, tookMs, policy, fallback, runs, freeSlots, assignments, heuristicAssignments, shadow, experimentId, arm } = decision;
  const value = create(ScheduleDecidedSchema, {
    ...{ tenantId, decisionId, scheduler, decidedAtMs, tookMs, policy: { name: policy.name, version: policy.version }, fallback, runs, freeSlots, experimentId, arm },
    assignments: told(assignments, mostTold),
    heuristicAssignments: told(heuristicAssignments, mostTold),
    shadowAssignments: told(shadow?.assignments ?? [], mostTold),
  });
  return { topic: scheduleDecidedTopic.name, key: scheduler, value: toBinary(ScheduleDecidedSchema, value) };
}

/** The contract has absent numbers where nobody said one. */
export function told(assignments: readonly Assignment[], most: number) {
  return assignments.slice(0, most).map(({ runId, task, poolId, count, memoryBytes, bid, price, desiredSlots, reason }) => ({
    ...{ runId, task, poolId, count, desiredSlots, reason },
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(bid === undefined ? {} : { bid }),
    ...(price === undefined ? {} : { price }),
  }));
}
