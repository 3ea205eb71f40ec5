/** How a group stands, as its members see it at a heartbeat. */
export interface GroupView {
  /** Living members, one entry for each topic they subscribe to. */
  readonly members: readonly { readonly memberId: string; readonly topic: string }[];
  readonly partitions: readonly GroupPartition[];
}

export interface GroupPartition {
  readonly partitionId: number;
  readonly topic: string;
  readonly partition: number;
  readonly owner: string | null;
  readonly isOwnerAlive: boolean;
  readonly epoch: bigint;
  /** The offset that the next record will get. */
  readonly end: bigint;
}

export interface AssignmentPlan {
  /** Held partitions that others should have. */
  readonly release: readonly number[];
  /** Free partitions to take. */
  readonly claim: readonly number[];
  /** Partitions that are the member's in the table only, as an answer was lost, and that it has no room for. */
  readonly disown: readonly GroupPartition[];
}

/**
 * Decides what one member gives and takes so that every topic's partitions are spread fairly over those who subscribe to it.
 * Every member decides for itself from the same view; who holds its share keeps just what it has, so nothing moves for nothing.
 *
 * @param held partition ids that the member works on now
 */
export function planAssignment({ members, partitions }: GroupView, memberId: string, held: ReadonlySet<number>): AssignmentPlan {
  const release: number[] = [];
  const claim: number[] = [];
  const disown: GroupPartition[] = [];
  const topics = [...new Set(partitions.map(({ topic }) => topic))].sort();
  for (const [index, topic] of topics.entries()) {
    const ofTopic = partitions.filter((partition) => partition.topic === topic);
    const subscribers = members.filter((member) => member.topic === topic).map((member) => member.memberId).sort();
    const position = subscribers.indexOf(memberId);
    const mine = ofTopic.filter(({ partitionId }) => held.has(partitionId));
    const mineInTableOnly = ofTopic.filter(({ partitionId, owner }) => owner === memberId && !held.has(partitionId));
    if (position < 0) {
      disown.push(...mineInTableOnly);
      release.push(...mine.map(({ partitionId }) => partitionId));
      continue;
    }
    // The remainder begins with another member at each topic: with one partition a topic, not all go to the first.
    const rank = (position + index) % subscribers.length;
    const quota = Math.floor(ofTopic.length / subscribers.length) + (rank < ofTopic.length % subscribers.length ? 1 : 0);
    release.push(...mine.slice(quota).map(({ partitionId }) => partitionId));
    const free = ofTopic.filter((one) => !held.has(one.partitionId) && (!one.isOwnerAlive || one.owner === memberId));
    const wanted = rotated(free, rank * quota).slice(0, Math.max(0, quota - mine.length));
    claim.push(...wanted.map(({ partitionId }) => partitionId));
    disown.push(...mineInTableOnly.filter((one) => !wanted.includes(one)));
  }
  return { release, claim, disown };
}

/** Members that come together begin at different partitions, so that they do not all reach for the same. */
function rotated<Entry>(entries: readonly Entry[], by: number): readonly Entry[] {
  const start = entries.length === 0 ? 0 : by % entries.length;
  return [...entries.slice(start), ...entries.slice(0, start)];
}
