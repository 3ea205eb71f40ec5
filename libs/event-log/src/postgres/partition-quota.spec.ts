import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planAssignment, type GroupPartition, type GroupView } from './partition-quota.js';

/** A group in a table, whose members follow their plans one after the other. */
class Group {
  readonly members = new Map<string, readonly string[]>();
  readonly owners = new Map<number, string>();
  moves = 0;

  constructor(private readonly topics: Readonly<Record<string, number>>) {}

  view(): GroupView {
    let partitionId = 0;
    const partitions = Object.entries(this.topics).flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition): GroupPartition => {
        partitionId += 1;
        const owner = this.owners.get(partitionId) ?? null;
        return { partitionId, topic, partition, owner, isOwnerAlive: owner !== null && this.members.has(owner), epoch: 0n, end: 0n };
      }),
    );
    return { partitions, members: [...this.members].flatMap(([memberId, topics]) => topics.map((topic) => ({ memberId, topic }))) };
  }

  /** Everyone beats until nothing changes any more. */
  settle(): void {
    for (let round = 0; round < 50; round += 1) {
      const before = this.moves;
      for (const memberId of this.members.keys()) this.#beat(memberId);
      if (this.moves === before) return;
    }
    throw new Error('the group does not come to rest');
  }

  share(memberId: string, topic: string): number {
    return this.view().partitions.filter((partition) => partition.owner === memberId && partition.topic === topic).length;
  }

  #beat(memberId: string): void {
    const view = this.view();
    const held = new Set(view.partitions.filter(({ owner }) => owner === memberId).map(({ partitionId }) => partitionId));
    const { release, claim } = planAssignment(view, memberId, held);
    for (const partitionId of release) this.owners.delete(partitionId);
    for (const partitionId of claim) {
      const owner = this.owners.get(partitionId);
      expect(owner === undefined || !this.members.has(owner)).toBe(true);
      this.owners.set(partitionId, memberId);
    }
    this.moves += release.length + claim.length;
  }
}

const topics = { executions: 8, facts: 3, single: 1 };

describe('assignment', () => {
  it('comes to rest with fair shares of every topic, whoever comes and goes', () => {
    const change = fc.record({ memberId: fc.constantFrom('a', 'b', 'c', 'd', 'e'), isJoining: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const group = new Group(topics);
        for (const { memberId, isJoining } of changes) {
          if (isJoining) group.members.set(memberId, Object.keys(topics));
          else group.members.delete(memberId);
          group.settle();
        }
        for (const [topic, count] of Object.entries(topics)) {
          const shares = [...group.members.keys()].map((memberId) => group.share(memberId, topic));
          if (shares.length === 0) continue;
          expect(shares.reduce((sum, share) => sum + share)).toBe(count);
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('moves no more than it must when one comes', () => {
    const group = new Group({ executions: 8 });
    for (const memberId of ['a', 'b', 'c']) group.members.set(memberId, ['executions']);
    group.settle();
    group.moves = 0;
    group.members.set('d', ['executions']);
    group.settle();

    // Two partitions leave their owners and are taken by the new member.
    expect(group.moves).toBe(4);
  });

  it('spreads topics of one partition over the members', () => {
    const group = new Group({ one: 1, two: 1, three: 1 });
    for (const memberId of ['a', 'b', 'c']) group.members.set(memberId, ['one', 'two', 'three']);
    group.settle();

    const shares = ['a', 'b', 'c'].map((memberId) => ['one', 'two', 'three'].reduce((sum, topic) => sum + group.share(memberId, topic), 0));
    expect(shares).toEqual([1, 1, 1]);
  });

  it('gives a topic to those who subscribe to it only', () => {
    const group = new Group({ one: 4, two: 4 });
    group.members.set('a', ['one', 'two']);
    group.members.set('b', ['two']);
    group.settle();

    expect([group.share('a', 'one'), group.share('a', 'two'), group.share('b', 'two')]).toEqual([4, 2, 2]);
  });

  it('takes back what is its own in the table and not in its hands', () => {
    const group = new Group({ one: 2 });
    group.members.set('a', ['one']);
    group.owners.set(1, 'a').set(2, 'a');

    expect(planAssignment(group.view(), 'a', new Set([1]))).toEqual({ release: [], claim: [2], disown: [] });
  });

  it('gives away what is its own in the table only, where it has its share already', () => {
    const group = new Group({ one: 2 });
    group.members.set('a', ['one']).set('b', ['one']);
    group.owners.set(1, 'a').set(2, 'a');

    expect(planAssignment(group.view(), 'a', new Set([1]))).toMatchObject({ release: [], claim: [], disown: [{ partitionId: 2 }] });
    group.members.set('a', []);
    expect(planAssignment(group.view(), 'a', new Set())).toMatchObject({ disown: [{ partitionId: 1 }, { partitionId: 2 }] });
  });
});
