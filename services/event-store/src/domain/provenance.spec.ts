import { describe, expect, it } from '@jest/globals';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Direction, type ArtifactSchema } from '@orrery/contracts';
import { at, RunTeller } from '../../test/records.js';
import { versionsOf } from './provenance.js';
import { traceOf } from './trace.js';

const teller = new RunTeller('run-1');
const touches = (...artifacts: MessageInitShape<typeof ArtifactSchema>[]) =>
  [...traceOf(teller.runId, [teller.record({ artifacts: artifacts.map((artifact, index) => ({ artifactId: teller.event(String(index)), uri: 'file:///a', ...artifact })) })]).artifacts.values()].map((artifact) => ({ artifact }));
const written = (digest: string, seconds: number, actor: string) => ({ direction: Direction.OUTPUT, digest, occurredAtMs: at(seconds), actor, sizeBytes: 7n });
const read = (digest: string, seconds: number, actor: string) => ({ direction: Direction.INPUT, digest, occurredAtMs: at(seconds), actor });
const actorsOf = (list: readonly { artifact: { actor: string | null } }[]) => list.map(({ artifact }) => artifact.actor);

describe('the versions of a file', () => {
  it('stand with the latest content first, each with who made and who read it', () => {
    const versions = versionsOf(touches(written('sha256:1', 1, 'old writer'), read('sha256:1', 2, 'reader'), written('sha256:2', 3, 'new writer')));

    expect(versions.map(({ digest, producedBy, readBy }) => [digest, actorsOf(producedBy), actorsOf(readBy)])).toEqual([
      ['sha256:2', ['new writer'], []],
      ['sha256:1', ['old writer'], ['reader']],
    ]);
    expect(versions[0]?.sizeBytes).toBe(7);
  });

  it('count a reading that names no content as one of what was written last before', () => {
    const versions = versionsOf(touches(read('', 0, 'too early'), written('sha256:1', 1, 'a'), read('', 2, 'between'), written('sha256:2', 3, 'b'), read('', 4, 'after')));

    expect(Object.fromEntries(versions.map(({ digest, readBy }) => [digest, actorsOf(readBy)]))).toEqual({ 'sha256:2': ['after'], 'sha256:1': ['between'], null: ['too early'] });
  });
});
